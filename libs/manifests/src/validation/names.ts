import type { Complaint } from './complaint.js';

const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const qualifiedNameText =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const qualifiedKeyText =
  "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
const labelValueText =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const qualifiedName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** What is wrong with an RFC 1123 label of at most 63 characters; empty where nothing is. */
export function dnsLabelProblems(text: string): string[] {
  if (text.length <= 63 && dnsLabel.test(text)) return [];
  return [...tooLong(text, 63), ...(dnsLabel.test(text) ? [] : [labelText])];
}

/** What is wrong with an RFC 1123 subdomain of at most 253 characters. */
export function dnsSubdomainProblems(text: string): string[] {
  if (text.length <= 253 && dnsSubdomain.test(text)) return [];
  return [...tooLong(text, 253), ...(dnsSubdomain.test(text) ? [] : [subdomainText])];
}

/** What is wrong with a label or annotation key (policy semantics 1.3). */
export function labelKeyProblems(key: string): string[] {
  const parts = key.split('/');
  if (parts.length > 2) return [qualifiedKeyText];
  const problems: string[] = [];
  if (parts.length === 2) {
    if (parts[0] === '') problems.push('prefix part must be non-empty');
    else problems.push(...dnsSubdomainProblems(parts[0]).map((problem) => `prefix part ${problem}`));
  }
  const name = parts[parts.length - 1];
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push('name part must be no more than 63 bytes');
  if (!qualifiedName.test(name)) problems.push(`name part ${qualifiedNameText}`);
  return problems;
}

/** What is wrong with a label value. */
export function labelValueProblems(value: string): string[] {
  return [...tooLong(value, 63), ...(value === '' || qualifiedName.test(value) ? [] : [labelValueText])];
}

/** Complaints about a map of labels; the value shown is the offending part, as the API server does. */
export function labelComplaints(labels: Readonly<Record<string, string>>, field: string): Complaint[] {
  const complaints: Complaint[] = [];
  for (const key of Object.keys(labels)) {
    const value = labels[key];
    if (!isKnownKey(key)) {
      for (const detail of labelKeyProblems(key)) complaints.push({ field, reason: 'Invalid', detail, value: key });
    }
    if (value === '' || (value.length <= 63 && qualifiedName.test(value))) continue;
    for (const detail of labelValueProblems(value)) complaints.push({ field, reason: 'Invalid', detail, value });
  }
  return complaints;
}

/** Keys that were found to be fine: a cluster has few, and asks about each again and again. */
const knownKeys = new Set<string>();
const knownKeysMax = 10_000;

function isKnownKey(key: string): boolean {
  if (knownKeys.has(key)) return true;
  if (knownKeys.size < knownKeysMax && labelKeyProblems(key).length === 0) knownKeys.add(key);
  return false;
}

/** What all keys and values of an object's annotations may take together, as the server counts. */
const annotationBytesMax = 256 * 1024;

/** Complaints about annotations: keys like those of labels but in any case, values of any text, bounded in sum. */
export function annotationComplaints(annotations: Readonly<Record<string, string>>, field: string): Complaint[] {
  const entries = Object.entries(annotations);
  const keys = entries.flatMap(([key]) =>
    labelKeyProblems(key.toLowerCase()).map((detail): Complaint => ({ field, reason: 'Invalid', detail, value: key })),
  );
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  const detail = `may not be more than ${annotationBytesMax} bytes`;
  return size > annotationBytesMax ? [...keys, { field, reason: 'TooLong', detail }] : keys;
}

function tooLong(text: string, max: number): string[] {
  return 3 * text.length > max && Buffer.byteLength(text) > max ? [`must be no more than ${max} bytes`] : [];
}

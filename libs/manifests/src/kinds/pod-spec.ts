import { addressComplaint } from '../validation/address-complaint.js';
import type { Decoder } from '../validation/decoder.js';
import { portNameProblems } from '../validation/validate-network-policy.js';
import { componentEnv, componentFlags } from './kept.js';

/** What is kept of a pod's spec, or of a template's: what policies, Services and detection look at. */
export function readPodSpec(
  value: unknown,
  field: string,
  decoder: Decoder,
  isComponent = false,
): Record<string, unknown> {
  const spec = decoder.fields(value, field);
  const containers = (list: unknown, at: string): Record<string, unknown>[] =>
    decoder.elements(list, at, (container, place) => readContainer(container, place, decoder, isComponent));
  const hostNetwork = decoder.boolean(spec.hostNetwork, `${field}.hostNetwork`);
  const nodeName = decoder.text(spec.nodeName, `${field}.nodeName`) || undefined;
  const serviceAccountName = decoder.text(spec.serviceAccountName, `${field}.serviceAccountName`) || 'default';
  // Members are by name, here and below: canonical text is made of such objects three times as fast.
  return {
    containers: containers(spec.containers, `${field}.containers`),
    hostNetwork,
    initContainers: containers(spec.initContainers, `${field}.initContainers`),
    nodeName,
    serviceAccountName,
  };
}

function readContainer(value: unknown, field: string, decoder: Decoder, isComponent: boolean): Record<string, unknown> {
  const container = decoder.fields(value, field);
  const name = decoder.text(container.name, `${field}.name`) ?? '';
  const restartPolicy = decoder.text(container.restartPolicy, `${field}.restartPolicy`) || undefined;
  return {
    name,
    ports: decoder.elements(container.ports, `${field}.ports`, (port, at) => readPort(port, at, decoder)),
    restartPolicy,
    ...(isComponent ? readComponent(container, field, decoder) : {}),
  };
}

function readPort(value: unknown, field: string, decoder: Decoder): Record<string, unknown> {
  const port = decoder.fields(value, field);
  const name = decoder.text(port.name, `${field}.name`) || undefined;
  if (name !== undefined) {
    for (const detail of portNameProblems(name))
      decoder.complain({ field: `${field}.name`, reason: 'Invalid', detail, value: name });
  }
  if (port.containerPort === undefined || port.containerPort === null) {
    decoder.complain({
      field: `${field}.containerPort`,
      reason: 'Required',
      detail: 'a number from 1 to 65535 is required',
    });
  }
  const hostPort = decoder.integer(port.hostPort, `${field}.hostPort`);
  const containerPort = decoder.port(port.containerPort, `${field}.containerPort`) ?? 0;
  const protocol = decoder.word(port.protocol, `${field}.protocol`, ['TCP', 'UDP', 'SCTP']);
  return {
    containerPort,
    // 0 is how some clients write "none".
    hostIP: hostPort === null || hostPort === 0 ? undefined : hostAddress(port.hostIP, field, decoder),
    hostPort: hostPort === 0 ? undefined : (decoder.port(hostPort, `${field}.hostPort`) ?? undefined),
    name,
    protocol,
  };
}

/** The one address of the node at which a host port listens; absent for all of them. */
function hostAddress(value: unknown, field: string, decoder: Decoder): string | undefined {
  const text = decoder.text(value, `${field}.hostIP`) ?? '';
  const address = addressComplaint(decoder, text, `${field}.hostIP`);
  return ['', '0.0.0.0', '::'].includes(address) ? undefined : address;
}

/** Image, flags and environment of a network component, by the lists in `kept.ts`. */
function readComponent(
  container: Readonly<Record<string, unknown>>,
  field: string,
  decoder: Decoder,
): Record<string, unknown> {
  const texts = (value: unknown, at: string): string[] =>
    decoder.elements(value, at, (entry, place) => decoder.text(entry, place) ?? '');
  const env = decoder.elements(container.env, `${field}.env`, (entry, at) => {
    const fields = decoder.fields(entry, at);
    const value = fields.value;
    const { configMapKeyRef } = decoder.fields(fields.valueFrom, `${at}.valueFrom`);
    return {
      name: decoder.text(fields.name, `${at}.name`) ?? '',
      value: typeof value === 'string' ? value : '',
      valueFrom: configMapKeyRef === undefined ? undefined : { configMapKeyRef: keyRef(configMapKeyRef, at, decoder) },
    };
  });
  const words = [...texts(container.command, `${field}.command`), ...texts(container.args, `${field}.args`)];
  const plain = words.flatMap((word, i) => (words[i - 1] === '-c' ? wordsOfShell(word) : [word]));
  return {
    image: decoder.text(container.image, `${field}.image`) ?? '',
    command: [],
    args: keptArguments(plain),
    env: env.filter(({ name }) => componentEnv.test(name)),
  };
}

function keyRef(value: unknown, at: string, decoder: Decoder): Record<string, unknown> {
  const { name, key } = decoder.fields(value, `${at}.valueFrom.configMapKeyRef`);
  return { name: decoder.text(name, `${at}.name`) ?? '', key: decoder.text(key, `${at}.key`) ?? '' };
}

/** The words of a command line that is given to a shell, as some static pods are started. */
function wordsOfShell(line: string): string[] {
  return line.split(/[\s;]+/).map((word) => word.replace(/["']/g, ''));
}

/** The first word (the program) and the flags on the list, with their values. */
function keptArguments(words: readonly string[]): string[] {
  return words.flatMap((word, i) => {
    if (!word.startsWith('-')) {
      const before = words[i - 1];
      const isValue = i > 0 && before.startsWith('-') && !before.includes('=') && componentFlags.test(before);
      return (i === 0 && /^[\w./-]+$/.test(word)) || isValue ? [word] : [];
    }
    const flag = word.split('=')[0];
    return componentFlags.test(flag) ? [word] : [];
  });
}

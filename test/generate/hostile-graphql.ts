import { jsonOf, odd, oddValues } from './odd-values.js';
import type { Random } from './random.js';

const question = (fields: string): string => `{ snapshot(ref: "sample@first") { ${fields} } }`;

const verdict = 'verdict(from: "shop/frontend", to: "shop/orders") { verdict }';

/** Documents that parse, and that ask for too much or for what is not there. */
/** Fragments that each spread the next. */
const chain = Array.from({ length: 2200 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} }`);

const documents: readonly string[] = [
  question('id label counts { name count }'),
  question(verdict),
  question('pods(first: 0) { edges { cursor } }'),
  question('pods(first: -1) { edges { cursor } }'),
  question('pods(first: 2147483648) { edges { cursor } }'),
  question('pods(first: null) { edges { cursor } }'),
  question('pods(after: "\\u0000") { edges { cursor } }'),
  question('podPolicies(namespace: "\\u0000", name: "") { directions }'),
  question('policyPods(kind: "__proto__", namespace: "-", name: "x") { name }'),
  question('verdict(from: "\\ud800", to: "internet") { verdict }'),
  question('verdict(from: "", to: "") { message }'),
  question('verdict(from: "internet", to: "internet", port: "x", family: IPV7) { message }'),
  question('verdicts(flows: []) { verdict }'),
  question(`verdicts(flows: [${'{from: "a/b", to: "c/d"},'.repeat(50)}]) { verdict }`),
  question(Array.from({ length: 300 }, (_, i) => `v${i}: ${verdict}`).join(' ')),
  question(Array.from({ length: 5000 }, (_, i) => `i${i}: id`).join(' ')),
  `{ ${Array.from({ length: 500 }, (_, i) => `s${i}: snapshot(ref: "sample@first") { id }`).join(' ')} }`,
  '{ snapshot(ref: "nope@latest") { id } }',
  '{ snapshot(ref: "\\u0000") { id } }',
  '{ snapshot { id } }',
  '{ cluster(name: "__proto__") { name } }',
  '{ cluster(name: "sample") { snapshots(first: 1, after: "x") { edges { cursor } } } }',
  '{ cluster(name: "sample") { snapshots(first: 1, after: "WyItMjcxODIxLTA0LTIwVDAwOjAwOjAwWiIsMV0") { edges { cursor } } } }',
  '{ __schema { types { name fields { name args { name type { name ofType { name } } } } } } }',
  '{ __typename @include(if: "x") }',
  '{ __proto__ constructor toString }',
  'query A { __typename } query B { __typename }',
  'query ($a: String!) { snapshot(ref: $a) { id } }',
  'query ($a: [[[Int]]]) { __typename }',
  'query ($a: FlowInput = {from: 1}) { __typename }',
  'subscription { x }',
  'mutation { ingest(cluster: "A", text: "") { id } }',
  'mutation { ingest(cluster: "fuzz", text: "") { id } }',
  'mutation { ingest(cluster: "fuzz", text: "{\\"kind\\":\\"Pod\\"}") { id } }',
  'mutation { setLabel(ref: "sample@first", label: "latest") { id } }',
  'mutation { deleteSnapshot(ref: "nope@latest") }',
  'fragment A on Snapshot { ...B } fragment B on Snapshot { ...A } { snapshot(ref: "sample@first") { ...A } }',
  'fragment A on Query { ...A } { ...A }',
  '{ ...Missing }',
  `${Array.from({ length: 60 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ')} fragment F60 on Query { __typename } { ...F0 }`,
  `${chain.join(' ')} { ...F0 }`,
  `${[...chain].reverse().join(' ')} { ...F0 }`,
  `{ ${'clusters { name } '.repeat(900)} }`,
  `{ ${'id '.repeat(15_000)} }`,
  `{ ${'... on Query { '.repeat(5000)} __typename ${'} '.repeat(5000)} }`,
  `{ ${'a { '.repeat(9000)}${'} '.repeat(9000)} }`,
  `{ a(x: ${'['.repeat(19_000)}) }`,
  `query ($a: ${'['.repeat(9000)}Int${']'.repeat(9000)}) { __typename }`,
  `{ ${'a { '.repeat(3000)}${'} '.repeat(3000)} }`,
  `{ __schema { ${'types { fields { type { '.repeat(10)} name ${'} } } '.repeat(10)} } }`,
  `query (${Array.from({ length: 2000 }, (_, i) => `$v${i}: Int`).join(' ')}) { __typename }`,
  `{ __typename ${'@skip(if: false) '.repeat(2000)} }`,
  `{ a(x: ${'['.repeat(3000)}${']'.repeat(3000)}) }`,
  `{ snapshot(ref: "${'x'.repeat(200_000)}") { id } }`,
  `# ${'x'.repeat(100_000)}`,
  '{',
  '',
  '\u0000',
  '\ufeff{ __typename }',
  '{ snapshot(ref: """\n\\""" ',
];

/** The body of a POST to /graphql. */
export function hostileGraphql(random: Random): string {
  const query = random.chance(85) ? random.pick(documents) : cut(random.pick(documents), random);
  const plain: Record<string, unknown> = { query };
  if (random.chance(40)) plain.variables = random.chance(50) ? { a: random.pick(oddValues) } : random.pick(oddValues);
  if (random.chance(20)) plain.operationName = random.pick(['A', 'C', '', '__proto__', 1, null]);
  if (random.chance(10)) plain.extensions = { persistedQuery: { version: 1, sha256Hash: random.pick(['x', 1, null]) } };
  if (random.chance(6)) return jsonOf([plain, plain]);
  return jsonOf(random.chance(15) ? odd(plain, random) : plain);
}

function cut(text: string, random: Random): string {
  const from = random.below(text.length + 1);
  return text.slice(0, from) + text.slice(from + random.below(20));
}

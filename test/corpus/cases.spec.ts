import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dump, load } from 'js-yaml';
import { expect, it } from 'vitest';
import {
  answerVerdict,
  compactVerdict,
  type Cluster,
  ConnectivityWalk,
  findExposure,
  parseConnectivityQuestion,
  parseVerdictQuestion,
  type Verdict,
  VerdictBatch,
} from '#engine';
import type { Strictness } from '#manifests';
import { connectivityTable, exposureTable } from '#report';
import { openText } from './open.js';

interface CaseFile {
  /** The point of the case. */
  readonly title: string;
  readonly strict?: Strictness;
  /** Further parts of the answer that are compared: `gates`, `message`, `example`. */
  readonly show?: readonly (keyof Verdict)[];
  /** Of single verdicts; their answers are in `expected.yaml`. */
  readonly questions?: readonly Record<string, string | number>[];
  /** Of all connections; their rows, as lines, are in `connectivity.yaml`. */
  readonly connectivity?: readonly Record<string, string | number>[];
  /** Of what the outside reaches; the rows, as lines, are in `exposure.yaml`. */
  readonly exposure?: readonly Record<string, string | number>[];
}

/** What an answer is compared in. */
interface Expected {
  readonly question: string;
  readonly verdict: string;
  readonly reason: string;
  readonly intended?: string;
  readonly implementationDefined?: readonly string[];
  readonly notUnderstood?: readonly string[];
  readonly backends?: readonly string[];
  readonly connections?: Readonly<Record<string, unknown>>;
  readonly counts?: Readonly<Record<string, number>>;
}

const root = fileURLToPath(new URL('.', import.meta.url));

/** Folders with a case.yaml, two levels down. */
const cases = readdirSync(root, { withFileTypes: true })
  .filter((area) => area.isDirectory() && !['spec', 'findings'].includes(area.name))
  .flatMap((area) => readdirSync(join(root, area.name)).map((name) => join(area.name, name)))
  .filter((path) => existsSync(join(root, path, 'case.yaml')))
  .sort();

for (const path of cases) {
  const file = load(readFileSync(join(root, path, 'case.yaml'), 'utf8')) as CaseFile;
  const { title, strict, show = [], questions = [], connectivity = [], exposure = [] } = file;
  it(`${path}: ${title}`, async () => {
    const folder = join(root, path, 'manifests');
    const text = readdirSync(folder)
      .sort()
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n---\n');
    const cluster = await openText(text, { strict });
    const batch = new VerdictBatch(cluster, {});
    const found = questions.map((question): Expected => {
      const parsed = parseVerdictQuestion(question);
      const answer = answerVerdict(cluster, parsed);
      const short = { verdict: answer.verdict, reason: answer.reason };
      expect(compactVerdict(cluster, parsed), 'the compact form says the same').toEqual(short);
      expect(batch.answer(question), 'a batch says the same').toEqual(short);
      const { verdict, reason, intended, implementationDefined, notUnderstood, backends, connections, counts } = answer;
      return {
        question: Object.values(question).join(' '),
        verdict,
        reason,
        ...(intended === verdict ? {} : { intended }),
        ...(implementationDefined.length === 0 ? {} : { implementationDefined }),
        ...(notUnderstood.length === 0 ? {} : { notUnderstood: notUnderstood.map(({ kind, namespace, name }) => `${kind}/${namespace ?? '-'}/${name}`) }),
        ...(backends === undefined ? {} : { backends: backends.map((part) => `${part.backend}:${part.port} ${part.verdict}`) }),
        ...(connections === undefined ? {} : { connections: Object.fromEntries(Object.entries(connections).map(([word, view]) => [word, view.protocols])) }),
        ...(counts === undefined ? {} : { counts }),
        ...Object.fromEntries(show.filter((part) => answer[part] !== undefined).map((part) => [part, answer[part]])),
      };
    });
    if (questions.length > 0) compare(path, 'expected.yaml', found);
    const listed = connectivity.map((question) => ({ question: Object.values(question).join(' '), rows: rowsOf(cluster, question) }));
    if (connectivity.length > 0) compare(path, 'connectivity.yaml', listed);
    const exposed = exposure.map((question) => ({ question: Object.values(question).join(' '), rows: exposedIn(cluster, question) }));
    if (exposure.length > 0) compare(path, 'exposure.yaml', exposed);
    expect(questions.length + connectivity.length + exposure.length).toBeGreaterThan(0);
  });
}

/** UPDATE_CORPUS=1 rewrites what is expected. */
function compare(path: string, name: string, found: unknown): void {
  const file = join(root, path, name);
  if (process.env.UPDATE_CORPUS === '1') writeFileSync(file, dump(found, { noRefs: true, lineWidth: 140 }));
  expect(found).toEqual(load(readFileSync(file, 'utf8')));
}

/** The lines of all rows. */
function rowsOf(cluster: Cluster, question: Record<string, string | number>): string[] {
  const walk = new ConnectivityWalk(cluster, parseConnectivityQuestion(question));
  const table = connectivityTable(walk);
  return [...walk.rows()].flatMap((row) => (row === null ? [] : [table.line(row)]));
}

function exposedIn(cluster: Cluster, question: Record<string, string | number>): string[] {
  const { items } = findExposure(cluster, parseConnectivityQuestion(question));
  const table = exposureTable();
  return [...items].flatMap((item) => (item === null ? [] : [table.line(item)]));
}

it('finds its cases', () => {
  expect(cases.length).toBeGreaterThan(20);
});

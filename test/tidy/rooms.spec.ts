import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Room {
  /** Other rooms it may import. */
  readonly rooms: readonly string[];
  /** Packages it may import; null: any. */
  readonly packages: readonly string[] | null;
  /** Whether Node's own modules are open to it. */
  readonly node: boolean;
}

/** Who may import whom (ARCHITECTURE.md). Specs beside the sources may use the test runner as well. */
const rooms: Readonly<Record<string, Room>> = {
  'libs/model': { rooms: [], packages: [], node: false },
  'libs/manifests': { rooms: ['libs/model'], packages: ['ip-num', 'js-yaml', 'tar-stream'], node: true },
  'libs/dataplane': { rooms: ['libs/model'], packages: ['ip-num'], node: false },
  'libs/engine': { rooms: ['libs/model'], packages: [], node: false },
  'libs/report': { rooms: ['libs/model', 'libs/engine'], packages: [], node: false },
  'libs/trace': { rooms: ['libs/model', 'libs/dataplane', 'libs/engine'], packages: [], node: false },
  'libs/audit': {
    rooms: ['libs/model', 'libs/dataplane', 'libs/engine', 'libs/trace'],
    packages: [],
    node: false,
  },
  'libs/store': { rooms: ['libs/model', 'migrations'], packages: ['typeorm', 'pg', 'pg-copy-streams'], node: true },
  migrations: { rooms: [], packages: ['typeorm'], node: false },
  'apps/api': {
    rooms: [
      'libs/model',
      'libs/manifests',
      'libs/dataplane',
      'libs/engine',
      'libs/trace',
      'libs/audit',
      'libs/report',
      'libs/store',
    ],
    packages: null,
    node: true,
  },
  'apps/cli': {
    rooms: ['libs/model', 'libs/manifests', 'libs/dataplane', 'libs/engine', 'libs/trace', 'libs/audit', 'libs/report'],
    packages: ['commander'],
    node: true,
  },
  'apps/launcher': { rooms: [], packages: [], node: true },
};

const aliases: Readonly<Record<string, string>> = {
  '#model': 'libs/model',
  '#manifests': 'libs/manifests',
  '#dataplane': 'libs/dataplane',
  '#engine': 'libs/engine',
  '#report': 'libs/report',
  '#store': 'libs/store',
  '#trace': 'libs/trace',
  '#audit': 'libs/audit',
};

/** Where TypeORM may be imported besides the store: the bootstrap of the API hands its data source around. */
const typeormInApi = ['apps/api/src/app.module.ts', 'apps/api/src/health/health.controller.ts'];

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.includes('node_modules'))
    .sort();
}

const sources = Object.keys(rooms).flatMap((room) => filesBelow(room, /\.(ts|mjs)$/).map((path) => ({ room, path })));

function importsOf(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
    ),
  ].map(([, from, dynamic, bare]) => from ?? dynamic ?? bare);
}

function roomOf(path: string): string | undefined {
  return Object.keys(rooms).find((room) => path === room || path.startsWith(`${room}/`));
}

/** What is wrong with one import; null where nothing is. */
function complaintAbout(path: string, room: string, target: string): string | null {
  const { rooms: open, packages, node } = rooms[room];
  const isSpec = path.endsWith('.spec.ts');
  if (target in aliases) {
    return open.includes(aliases[target]) || isSpec
      ? null
      : `${path} imports ${target}; ${room} may ask ${open.join(', ') || 'nobody'}`;
  }
  if (target.startsWith('.')) {
    const other = roomOf(relative(root, resolve(root, dirname(path), target)));
    return other === room || isSpec || (other !== undefined && open.includes(other) && other === 'migrations')
      ? null
      : `${path} reaches into ${other ?? target} by a relative path; rooms are asked through their alias`;
  }
  const isBuiltin = target.startsWith('node:') || builtinModules.includes(target);
  if (isBuiltin) return node || isSpec ? null : `${path} imports ${target}; ${room} uses nothing of Node`;
  const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0];
  if (room === 'apps/api' && name === 'typeorm' && !typeormInApi.includes(path))
    return `${path} imports typeorm; ask libs/store`;
  if (packages === null || packages.includes(name) || (isSpec && ['vitest', 'fast-check', 'pg'].includes(name)))
    return null;
  return `${path} imports the package ${name}; ${room} may use ${packages.join(', ') || 'none'}`;
}

describe('the house', () => {
  it('keeps the borders between its rooms', () => {
    const complaints = sources.flatMap(({ room, path }) =>
      importsOf(path).map((target) => complaintAbout(path, room, target)),
    );
    expect(complaints.filter((complaint) => complaint !== null)).toEqual([]);
  });

  it('sees imports at all: a border that is crossed is named', () => {
    expect(complaintAbout('libs/engine/src/x.ts', 'libs/engine', 'node:fs')).toContain('uses nothing of Node');
    expect(complaintAbout('libs/engine/src/x.ts', 'libs/engine', '#store')).toContain('may ask libs/model');
    expect(complaintAbout('apps/cli/src/x.ts', 'apps/cli', '@nestjs/core')).toContain('may use commander');
    expect(importsOf('apps/api/src/main.ts')).toContain('#store');
  });

  it('has no circle of imports inside a room', () => {
    const edges = new Map(
      sources.map(({ path }) => [
        path,
        importsOf(path)
          .filter((target) => target.startsWith('.'))
          .map((target) => relative(root, resolve(root, dirname(path), target)).replace(/\.js$/, '.ts')),
      ]),
    );
    const runtime = (path: string): string[] => {
      const text = readFileSync(join(root, path), 'utf8');
      return (edges.get(path) ?? []).filter(
        (target) =>
          !new RegExp(`import type [^;]*'\\.[^']*${target.split('/').at(-1)?.replace('.ts', '')}\\.js'`).test(text),
      );
    };
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (state.get(path) === 'done' || !edges.has(path)) return;
      if (state.get(path) === 'open') {
        circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
        return;
      }
      state.set(path, 'open');
      for (const target of runtime(path)) visit(target, [...trail, path]);
      state.set(path, 'done');
    };
    for (const path of edges.keys()) visit(path, []);
    expect(circles).toEqual([]);
  });

  it('has no place named after nothing', () => {
    const names = [...sources.map(({ path }) => path), ...filesBelow('test', /\.ts$/)];
    expect(names.filter((path) => /(^|\/)(utils?|helpers?|common|shared|misc)(\/|\.)/.test(path))).toEqual([]);
  });

  it('leaves no unfinished or forced work', () => {
    const marks =
      /\b(TODO|FIXME|XXX|HACK)\b|@ts-ignore|@ts-expect-error|eslint-disable|\bas any\b|\b(it|test|describe)\.(skip|todo|only)\(/;
    const own = 'test/tidy/rooms.spec.ts';
    const paths = [...sources.map(({ path }) => path), ...filesBelow('test', /\.ts$/)].filter((path) => path !== own);
    expect(paths.filter((path) => marks.test(readFileSync(join(root, path), 'utf8')))).toEqual([]);
  });

  it('points at documents that exist', () => {
    const documents = [...readdirSync(root).filter((name) => name.endsWith('.md')), ...filesBelow('docs', /\.md$/)];
    const broken = documents.flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)]
        .map(([, target]) => relative(root, resolve(root, dirname(path), target)))
        .filter((target) => {
          try {
            readdirSync(join(root, dirname(target)));
            return !readdirSync(join(root, dirname(target))).includes(target.split('/').at(-1) as string);
          } catch {
            return true;
          }
        })
        .map((target) => `${path} points at ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { QuestionError } from '#model';
import { chooseFormat } from './choose-format.js';
import { formats } from './formats.js';
import { renderTable } from './render-table.js';
import type { Table } from './table.js';

interface Pair {
  readonly from: string;
  readonly to: string;
}

const table: Table<Pair> = {
  name: 'the "name"',
  columns: ['from', 'to'],
  cells: ({ from, to }) => [from, to],
  json: (row) => JSON.stringify(row),
  line: ({ from, to }) => `${from} => ${to}`,
  edge: ({ from, to }) => ({ from, to: to === '' ? null : to, label: '80', dashed: to === 'c' }),
  head: { level: 'pod' },
  rowsName: 'rows',
};

const written = (format: string, ...rows: Pair[]): string =>
  [...renderTable(table, rows, chooseFormat(format))].join('');

describe('formats', () => {
  it('json holds all rows behind their head, with none of them too', () => {
    expect(JSON.parse(written('json'))).toEqual({ level: 'pod', rows: [] });
    expect(JSON.parse(written('json', { from: 'a', to: 'b' }, { from: 'c', to: 'd' }))).toEqual({
      level: 'pod',
      rows: [
        { from: 'a', to: 'b' },
        { from: 'c', to: 'd' },
      ],
    });
  });

  it('csv quotes what needs it and leaves no formula to a spreadsheet', () => {
    expect(written('csv', { from: 'a, "b"', to: 'c\nd' })).toBe('from,to\r\n"a, ""b""","c\nd"\r\n');
    for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) {
      const cell = written('csv', { from: formula, to: '' }).slice('from,to\r\n'.length);
      expect(cell.replace(/^"/, '')).toMatch(/^'/);
    }
  });

  it('md keeps a cell in its place', () => {
    expect(written('md', { from: 'a|b', to: 'c\n<d>' })).toBe('| from | to |\n| --- | --- |\n| a\\|b | c \\<d\\> |\n');
  });

  it('dot quotes names, and shows rows that are nodes', () => {
    expect(written('dot', { from: 'a"]; x -> "y', to: 'c' }, { from: 'b\\', to: '' })).toBe(
      'digraph "the \\"name\\"" {\n  rankdir=LR;\n  node [shape=box];\n' +
        '  "a\\"]; x -> \\"y" -> "c" [label="80", style=dashed];\n  "b\\\\";\n}\n',
    );
  });

  it('text has one line for each row', () => {
    expect(written('text', { from: 'a\nb', to: 'c' })).toBe('a b => c\n');
  });

  it('long tables come in pieces', () => {
    const rows = Array.from({ length: 5000 }, () => ({ from: 'x'.repeat(50), to: 'y' }));
    const pieces = [...renderTable(table, rows, chooseFormat('ndjson'))];
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.join('').split('\n')).toHaveLength(5001);
  });
});

describe('the format of an answer', () => {
  it.each([
    [undefined, undefined, 'json'],
    ['md', 'text/csv', 'md'],
    [undefined, 'text/csv', 'csv'],
    [undefined, 'text/plain;q=0.5, application/x-ndjson', 'ndjson'],
    [undefined, 'text/html, */*;q=0.8', 'json'],
    [undefined, 'text/csv;q=0, text/plain', 'text'],
    [undefined, 'image/png', 'json'],
  ])('named %s, accepted %s, is %s', (name, accept, format) => {
    expect(chooseFormat(name, accept).name).toBe(format);
  });

  it('that does not exist is refused with those that do', () => {
    for (const name of ['xml', 'JSON', '', 'constructor']) {
      expect(() => chooseFormat(name)).toThrow(QuestionError);
    }
    expect(() => chooseFormat('xml')).toThrow(formats.map(({ name }) => name).join(', '));
  });
});

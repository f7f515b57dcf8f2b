import { readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges, findDangerousChanges } from 'graphql';
import { describe, expect, it } from 'vitest';
import { breakingChanges } from './breaking-changes.js';

const text = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const document = (name: string): Record<string, unknown> => JSON.parse(text(name)) as Record<string, unknown>;

describe('the contract keeps what the last release promised', () => {
  it('over REST', () => {
    expect(breakingChanges(document('released/openapi.json'), document('../../apps/api/openapi.json'))).toEqual([]);
  });

  it('over GraphQL', () => {
    const [released, current] = [
      buildSchema(text('released/schema.graphql')),
      buildSchema(text('../../apps/api/schema.graphql')),
    ];
    expect(findBreakingChanges(released, current).map(({ description }) => description)).toEqual([]);
    const newWords = findDangerousChanges(released, current).filter(({ type }) => type === 'VALUE_ADDED_TO_ENUM');
    expect(newWords.map(({ description }) => description)).toEqual([]);
  });
});

describe('a breaking change of REST', () => {
  /** The released document with one change made to a copy of it. */
  const broken = (change: (text: string) => string): string[] => {
    const released = JSON.stringify(document('released/openapi.json'));
    const changed = change(released);
    expect(changed, 'the change must change something').not.toBe(released);
    return breakingChanges(JSON.parse(released), JSON.parse(changed));
  };

  it.each([
    ['a path that is gone', '"/api/v1/clusters":', '"/api/v1/groups":', 'GET /api/v1/clusters is gone'],
    [
      'a parameter that is gone',
      '"name":"fields","in":"query"',
      '"name":"select","in":"query"',
      'GET /api/v1/snapshots/{ref}/verdict no longer takes query fields',
    ],
    [
      'a parameter that becomes required',
      '"name":"protocol","in":"query","required":false',
      '"name":"protocol","in":"query","required":true',
      'GET /api/v1/snapshots/{ref}/verdict now requires query protocol',
    ],
    [
      'a property of an answer that is gone',
      '"contentHash":{',
      '"hash":{',
      'POST /api/v1/clusters/{cluster}/snapshots 201.contentHash is gone',
    ],
    [
      'a new word of an answer',
      '"enum":["allowed","denied"',
      '"enum":["allowed","perhaps","denied"',
      'GET /api/v1/snapshots/{ref}/verdict 200.verdict may now be perhaps',
    ],
    [
      'an answer that takes another type',
      '"number":{"type":"integer"}',
      '"number":{"type":"string"}',
      'POST /api/v1/clusters/{cluster}/snapshots 201.number may now be string',
    ],
  ])('is named: %s', (_, from, to, message) => {
    expect(broken((released) => released.replace(from, to))).toContain(message);
  });

  it('is not what only adds', () => {
    expect(
      broken((released) => released.replace('"contentHash":{', '"more":{"type":"string"},"contentHash":{')),
    ).toEqual([]);
  });
});

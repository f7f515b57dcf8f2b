import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { kubernetesYamlSchema } from './kubernetes-yaml-schema.js';

const read = (scalar: string): unknown => load(`a: ${scalar}`, { schema: kubernetesYamlSchema }) as unknown;

// Each as sigs.k8s.io/yaml 1.6 turns it into JSON, but for the lone letters.
describe('a plain scalar means what it means to kubectl', () => {
  it.each<[string, unknown]>([
    ['yes', true],
    ['Off', false],
    ['y', 'y'],
    ['N', 'N'],
    ['tRUE', 'tRUE'],
    ['~', null],
    ['0120', 80],
    ['-017', -15],
    ['0o17', 15],
    ['0B11', 3],
    ['0x1_f', 31],
    ['8_080', 8080],
    ['_1', '_1'],
    ['08', 8],
    ['0888', 888],
    ['1:30', '1:30'],
    ['1e3', 1000],
    ['1_000.5', 1000.5],
    ['2020-01-01', '2020-01-01'],
    ['1.2.3', '1.2.3'],
    ['"yes"', 'yes'],
    ["'80'", '80'],
  ])('%s', (scalar, value) => {
    expect(read(scalar)).toEqual({ a: value });
  });
});

import { describe, expect, it } from 'vitest';
import { parseExpectations } from '../corpus/expectations.js';
import { loadSpec, manifestsOf, type SpecCase } from '../corpus/worlds.js';
import type { RawObject } from './objects.js';
import { defaultKnobs, type End, Oracle } from './oracle.js';

/** The oracle is checked against the tables of the specification itself, without the engine. */
for (const file of ['seed', 'structure', 'combination', 'ip-block', 'ports', 'admin', 'cluster']) {
  describe(`the oracle on ${file}`, () => {
    for (const specCase of loadSpec<SpecCase[]>(file)) {
      it(`${specCase.id}: ${specCase.t}`, () => {
        const oracle = new Oracle(manifestsOf(specCase) as unknown as RawObject[]);
        const ends = oracle.ends();
        const ordinary = ends
          .filter(({ live, pod }) => live && pod !== null && pod.spec.hostNetwork !== true)
          .map(({ text }) => text.slice(4));
        const find = (text: string): End =>
          text.startsWith('ip:') ? oracle.addressEnd(text.slice(3)) : (ends.find((end) => end.text === text) as End);
        const expectations = parseExpectations(specCase.expect, ordinary);
        const answers = expectations.map(({ line, from, to, protocol, port, family }) => {
          const families = family === undefined ? [false, true] : [family === 'IPv6'];
          const number = port === undefined ? null : Number(port);
          const letters = families
            .map((v6) => oracle.verdict(find(from), find(to), protocol, number, v6, defaultKnobs))
            .filter((letter) => letter !== 'N');
          const isDefined = families.some((v6) =>
            oracle.isImplementationDefined(find(from), find(to), protocol, number, v6),
          );
          return `${line} = ${new Set(letters).size > 1 ? 'M' : (letters[0] ?? 'N')}${isDefined ? '*' : ''}`;
        });
        expect(answers).toEqual(expectations.map(({ line, letter }) => `${line} = ${letter}`));
      });
    }
  });
}

import { readFileSync, writeFileSync } from 'node:fs';
import { type Figure, meetsTarget } from './figure.js';

const begin = '<!-- figures: begin -->';
const end = '<!-- figures: end -->';

/** A target that is missed on a machine that does so much else is neither met nor missed. */
const busyLoad = 4;

const [dataPath, documentPath] = process.argv.slice(2);
if (documentPath === undefined) {
  process.stderr.write('node dist/test/bench/write-table.js FIGURES.ndjson DOCUMENT.md\n');
  process.exitCode = 2;
} else {
  const figures = readFileSync(dataPath, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Figure);
  const document = readFileSync(documentPath, 'utf8');
  const [before, after] = [document.indexOf(begin), document.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${documentPath} has no place for figures`);
  const rows = figures.filter(({ scale }) => scale === 1).map(rowOf);
  const table = ['| figure | measured | beside it | target | met | load |', '|---|---|---|---|---|---|', ...rows];
  writeFileSync(
    documentPath,
    `${document.slice(0, before + begin.length)}\n${table.join('\n')}\n${document.slice(after)}`,
  );
}

function rowOf(figure: Figure): string {
  const { figure: name, value, unit, reference, details, load } = figure;
  const met = meetsTarget(figure);
  const cpu = details?.cpuMillis === undefined ? '' : ` (${amount(details.cpuMillis, 'ms')} of CPU)`;
  const beside =
    reference === undefined
      ? ''
      : `${reference.name}: ${amount(reference.value, unit)}${details?.referenceCpuMillis === undefined ? '' : ` (${amount(details.referenceCpuMillis, 'ms')} of CPU)`}`;
  const word = met === null ? '' : met ? 'yes' : (load ?? 0) > busyLoad ? 'open' : 'no';
  return `| \`${name}\` | ${amount(value, unit)}${cpu} | ${beside} | ${targetOf(figure)} | ${word} | ${load === undefined ? '' : Math.round(load)} |`;
}

function targetOf({ target, unit }: Figure): string {
  if (target === undefined) return '';
  const { atMost, atLeast, relative } = target;
  const bound = (atMost ?? atLeast) as number;
  return `${atMost === undefined ? '≥' : '≤'} ${relative === true ? `${bound} × what is beside it` : amount(bound, unit)}`;
}

function amount(value: number, unit: Figure['unit']): string {
  const rounded = Number(value.toPrecision(3)).toLocaleString('en-US');
  if (unit === 'ms' && value >= 1000) return `${Number((value / 1000).toPrecision(3))} s`;
  return unit === '1/s' ? `${rounded} a second` : `${rounded} ${unit === 'percent' ? '%' : unit}`;
}

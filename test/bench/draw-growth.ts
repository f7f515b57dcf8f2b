import { readFileSync, writeFileSync } from 'node:fs';
import { profiles } from '../generate/profiles.js';
import type { Figure } from './figure.js';
import { median } from './median.js';

/** Figures that are drawn, with their names in the picture and their colours. */
const drawn: readonly (readonly [figure: string, name: string, colour: string])[] = [
  ['ingest.first', 'ingest to 201', '#b3541e'],
  ['ingest.again', 'ingest again, 1 % changed', '#d98f4e'],
  ['read.list', 'read and normalise', '#2f6f8f'],
  ['compile.ceiling', 'compile', '#4f7f3f'],
  ['index.load', 'first verdict after a start', '#7a5c9e'],
];

const width = 760;
const height = 440;
const left = 64;
const right = 190;
const top = 24;
const bottom = 48;

/** From which to which value each axis goes; both are logarithmic. */
const pods = { first: 1_000, last: 150_000, marks: [1_000, 5_000, 15_000, 50_000, 150_000] };
const millis = { first: 5, last: 100_000, marks: [10, 100, 1_000, 10_000, 100_000] };

const [dataPath, svgPath] = process.argv.slice(2);
if (svgPath === undefined) {
  process.stderr.write('node dist/test/bench/draw-growth.js FIGURES.ndjson PICTURE.svg\n');
  process.exitCode = 2;
} else {
  const figures = readFileSync(dataPath, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Figure);
  writeFileSync(svgPath, picture(figures));
}

/** The cost of each figure over the size of the cluster; figures of equal size give their median. */
function picture(figures: readonly Figure[]): string {
  const curves = drawn.flatMap(([name, title, colour]) => {
    const own = figures.filter(({ figure }) => figure === name);
    const scales = [...new Set(own.map(({ scale }) => scale))].sort((a, b) => a - b);
    const points = scales.map((scale): [number, number] => {
      const value = median(own.filter((figure) => figure.scale === scale).map(costOf));
      return [xOf(Math.round(profiles.ceiling.pods * scale)), yOf(value)];
    });
    return points.length === 0 ? [] : [{ title, colour, points }];
  });
  const ends = apart(curves.map(({ points }) => points[points.length - 1][1]));
  const lines = curves.map(({ title, colour, points }, i) => {
    const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
    const dots = points.map(([x, y]) => `<circle cx="${round(x)}" cy="${round(y)}" r="3" fill="${colour}"/>`).join('');
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots}
<text x="${width - right + 10}" y="${round(ends[i] + 4)}" fill="${colour}">${title}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" role="img">
<title>How cost grows with the cluster, from 1,000 to 150,000 pods</title>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${pods.marks.map((count) => podMark(count)).join('\n')}
${millis.marks.map((time) => timeMark(time)).join('\n')}
${lines.join('\n')}
</svg>
`;
}

/** CPU time where it was measured, since the load of other programs changes it least. */
function costOf({ value, details }: Figure): number {
  return details?.cpuMillis ?? value;
}

function podMark(count: number): string {
  const x = round(xOf(count));
  const name = count.toLocaleString('en-US');
  return `<line x1="${x}" x2="${x}" y1="${top}" y2="${height - bottom}" stroke="#e4e4e4"/><text x="${x}" y="${height - bottom + 20}" text-anchor="middle" fill="#555555">${name}${count === pods.last ? ' pods' : ''}</text>`;
}

function timeMark(time: number): string {
  const y = round(yOf(time));
  const name = time >= 1000 ? `${time / 1000} s` : `${time} ms`;
  return `<line x1="${left}" x2="${width - right}" y1="${y}" y2="${y}" stroke="#e4e4e4"/><text x="${left - 8}" y="${round(y + 4)}" text-anchor="end" fill="#555555">${name}</text>`;
}

function xOf(count: number): number {
  return left + (width - left - right) * share(count, pods);
}

function yOf(time: number): number {
  return height - bottom - (height - top - bottom) * share(time, millis);
}

function share(value: number, { first, last }: { first: number; last: number }): number {
  return Math.log(value / first) / Math.log(last / first);
}

/** Heights of labels, moved down as far as needed for none to lie on another. */
function apart(heights: readonly number[]): number[] {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]);
  const moved = [...heights];
  for (let i = 1; i < order.length; i++) moved[order[i]] = Math.max(moved[order[i]], moved[order[i - 1]] + 17);
  return moved;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

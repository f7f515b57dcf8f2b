import { QuestionError } from '#model';
import type { Format } from './format.js';
import { formats } from './formats.js';

/**
 * The format that is asked for by name, else by what an Accept header prefers, else JSON. A header that names none of
 * them is not held against whoever sends it.
 * @throws QuestionError FORMAT_INVALID for a name that is none
 */
export function chooseFormat(name: string | undefined | null, accept?: string): Format {
  if (name !== undefined && name !== null) {
    const named = formats.find((format) => format.name === name);
    if (named !== undefined) return named;
    const accepted = formats.map((format) => format.name).join(', ');
    const shown = JSON.stringify(String(name).slice(0, 60));
    throw new QuestionError('FORMAT_INVALID', `format is ${shown}; accepted are ${accepted}`, 'format', accepted);
  }
  const wanted = (accept ?? '')
    .split(',')
    .map((part) => {
      const [type, ...parameters] = part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { type } of wanted) {
    if (type === '*/*') break;
    const found = formats.find(({ mediaType }) => mediaType === type);
    if (found !== undefined) return found;
  }
  return formats[0];
}

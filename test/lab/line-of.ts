/** Resolves with the first match in what a stream says from now on; null where it ends or time is over before. */
export function lineOf(stream: NodeJS.ReadableStream | null, pattern: RegExp, millis = 10_000): Promise<string | null> {
  return new Promise((resolve) => {
    let text = '';
    const end = (found: string | null): void => {
      clearTimeout(timer);
      stream?.off('data', read).off('end', none);
      resolve(found);
    };
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const found = pattern.exec(text);
      if (found !== null) end(found[0]);
    };
    const none = (): void => end(null);
    const timer = setTimeout(none, millis);
    stream?.on('data', read).on('end', none);
  });
}

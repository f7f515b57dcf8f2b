import { connect } from 'node:net';

export interface HttpLoad {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** The nth request in full, for example from `getRequest`. */
  readonly request: (n: number) => string;
}

/** Asks as fast as the answers come, one request at a time on each connection. Gives answers a second. */
export async function httpLoad({ port, connections, seconds, request }: HttpLoad): Promise<number> {
  let asked = 0;
  let answered = 0;
  const until = performance.now() + seconds * 1000;
  const begun = performance.now();
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let text = '';
      const ask = (): void => void socket.write(request(asked++));
      socket.setEncoding('latin1');
      socket.on('connect', ask);
      socket.on('error', reject);
      socket.on('data', (piece: string) => {
        text += piece;
        const head = text.indexOf('\r\n\r\n');
        if (head < 0) return;
        const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
        if (!text.startsWith('HTTP/1.1 200') || length === undefined) {
          socket.destroy();
          reject(new Error(`the service answered ${text.slice(0, 500)}`));
        } else if (text.length >= head + 4 + Number(length)) {
          answered++;
          text = '';
          if (performance.now() < until) ask();
          else socket.end(resolve);
        }
      });
    });
  await Promise.all(Array.from({ length: connections }, one));
  return (answered / (performance.now() - begun)) * 1000;
}

export function getRequest(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
}

export function postRequest(path: string, body: unknown): string {
  const text = JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

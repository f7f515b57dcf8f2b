// Speaks TCP inside a network namespace: `agent.mjs NAME PORT…` listens on the ports and tells every client NAME and the
// address it sees; a line `ID ADDRESS PORT MILLIS` opens a connection, and its end is a line of JSON.
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

const [, , name, ...ports] = process.argv;

for (const port of ports) {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(JSON.stringify({ server: name, source: socket.remoteAddress }));
  });
  server.listen(Number(port), '0.0.0.0');
  await new Promise((resolve) => server.on('listening', resolve));
}
process.stdout.write('ready\n');

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [id, address, port, millis] = line.split(' ');
    const socket = connect(Number(port), address);
    let text = '';
    let failure = 'silent';
    const timer = setTimeout(() => socket.destroy(), Number(millis));
    socket.on('data', (chunk) => (text += chunk));
    socket.on('error', ({ code }) => (failure = code === 'ETIMEDOUT' ? 'silent' : 'refused'));
    socket.on('close', () => {
      clearTimeout(timer);
      const answer = text === '' ? { server: null, source: null, failure } : { ...JSON.parse(text), failure: null };
      process.stdout.write(`${JSON.stringify({ id, ...answer })}\n`);
    });
  })
  .on('close', () => process.exit());

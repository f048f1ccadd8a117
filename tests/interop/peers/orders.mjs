// The wire to the test that started this process: orders come as JSON lines on stdin, and answers go as JSON
// lines on stdout. Lines there that do not begin with {"id": are the SDK's own log.

import { createInterface } from 'node:readline';

function answer(message) {
  process.stdout.write(JSON.stringify(message) + '\n');
}

// Carries out each order as it comes, several at once, until stdin closes. The first answer, with id 0, says that
// orders are awaited.
export async function serveOrders(carryOut) {
  answer({ id: 0, result: 'ready' });
  for await (const line of createInterface({ input: process.stdin })) {
    void carryOut(JSON.parse(line)).then(answer);
  }
}

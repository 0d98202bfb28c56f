// The embedded index as a process, for `startIndex`: prints where it is. Arguments: its folder, milliseconds that each upload takes longer.

import { spawn } from 'node:child_process';
import { createServer, request as forward } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import localIndex from '../../packages/nx-wheelhouse/dist/local-index/server.js';

/**
 * @param {string} folder of the index
 * @param {number} [delayMs] that each upload takes longer
 * @returns {Promise<{ uploadUrl: string, listingUrl: string, token: string, gets(): Promise<number>, stop(): void }>}
 */
export async function startIndex(folder, delayMs = 0) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), folder, String(delayMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise((resolve) => child.stdout.once('data', resolve));
  const { base, token } = JSON.parse(String(line));
  return {
    uploadUrl: `${base}legacy/`,
    listingUrl: `${base}simple/`,
    token,
    gets: async () => Number(await (await fetch(`${base}gets`)).text()),
    stop: () => child.kill(),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, delayMs] = process.argv.slice(2);
  const index = await localIndex.startLocalIndex(folder);
  let gets = 0;
  const server = createServer(async (request, response) => {
    if (request.url === '/gets') return void response.end(String(gets));
    if (request.method === 'GET') gets += 1;
    else await sleep(Number(delayMs));
    const url = new URL(request.url ?? '/', index.uploadUrl);
    const onward = forward(
      url,
      { method: request.method, headers: { ...request.headers, host: url.host } },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(JSON.stringify({ base: `http://127.0.0.1:${server.address().port}/`, token: index.token() }));
  });
}

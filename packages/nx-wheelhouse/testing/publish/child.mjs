// Runs the default export of one of the tests' TypeScript modules in a process of its own, which can be killed: `node child.mjs <module> <json>`.
import { createViteServer } from 'vitest/node';

const [module, argument] = process.argv.slice(2);
const server = await createViteServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  ssr: { external: ['@nx-wheelhouse/python-packaging'] },
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, ws: false, watch: null },
});
const { default: run } = await server.ssrLoadModule(module);
await run(JSON.parse(argument));
await server.close();

// Runs the default export of one of the tests' TypeScript modules in a process of its own, which can be killed: `node child.mjs <module> <json>`.
import { dirname } from 'node:path';
import { createViteServer } from 'vitest/node';

const [module, argument] = process.argv.slice(2);
// As CommonJS modules have them, which ours become.
const withVariablesOfCommonJs = {
  name: 'variables-of-commonjs',
  transform: (code, id) =>
    /\b(__dirname|require)\b/.test(code)
      ? `import { createRequire } from 'node:module';
const __dirname = ${JSON.stringify(dirname(id))};
const require = createRequire(${JSON.stringify(id)});
${code}`
      : undefined,
};
const server = await createViteServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  plugins: [withVariablesOfCommonJs],
  ssr: { external: ['@nx-wheelhouse/python-packaging'] },
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, ws: false, watch: null },
});
const { default: run } = await server.ssrLoadModule(module);
await run(JSON.parse(argument));
await server.close();

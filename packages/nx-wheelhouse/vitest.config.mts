import { defineConfig } from 'vitest/config';

// Real tools, backends and servers: what takes long on a busy machine is not wrong.
export default defineConfig({
  test: { setupFiles: ['../../scripts/property-tests.mjs'], testTimeout: 300_000, hookTimeout: 300_000 },
});

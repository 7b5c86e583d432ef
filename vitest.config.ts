import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const WHOLE = { statements: 100, branches: 100, functions: 100, lines: 100 }

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^latchkey$/, replacement: source('index.ts') },
      { find: /^latchkey\/(send\/node|stores\/(?:redis|libsql))$/, replacement: source('$1.ts') },
      { find: /^latchkey\/([a-z0-9]+)$/, replacement: source('$1/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/bench/**', 'test/interop/**'],
    globalSetup: ['test/properties/announce-seed.ts'],
    // Properties run thousands of cases and some unit tests read megabytes; nothing here waits for a clock.
    testTimeout: 900_000,
    maxWorkers: 2,
    typecheck: {
      enabled: true,
      include: ['test/types/**/*.test-d.ts'],
      tsconfig: 'test/types/tsconfig.json',
      ignoreSourceErrors: true,
    },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.generated.ts', 'src/**/types.ts', 'src/cli/main.ts'],
      reporter: ['text', 'html'],
      thresholds: {
        'src/*.ts': WHOLE,
        'src/definition/*.ts': WHOLE,
        'src/http/*.ts': WHOLE,
        'src/kinds/*.ts': WHOLE,
        'src/plan/*.ts': WHOLE,
      },
    },
  },
})

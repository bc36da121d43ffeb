import { cpSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const TEXT = /\.(css|js|md|svg|webmanifest)$/;

// What keeps its name lies in root/, to be asked for anew; everything in assets/ has a hash in its
// name and may be kept for ever. Texts lie there packed, too.
const sorted = (): Plugin => {
  let dist = 'dist';
  return {
    name: 'sorted',
    configResolved(config) {
      dist = config.build.outDir;
    },
    closeBundle() {
      cpSync('public', `${dist}/root`, { recursive: true });
      renameSync(`${dist}/sw.js`, `${dist}/root/sw.js`);
      for (const folder of [`${dist}/assets`, `${dist}/root`]) {
        for (const name of readdirSync(folder).filter((name) => TEXT.test(name))) {
          writeFileSync(`${folder}/${name}.br`, brotliCompressSync(readFileSync(`${folder}/${name}`)));
        }
      }
    },
  };
};

export default defineConfig({
  base: '/',
  plugins: [sorted()],
  build: {
    target: 'es2022',
    manifest: 'manifest.json',
    copyPublicDir: false,
    license: { fileName: 'root/licenses.md' },
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { app: 'src/app.ts', sw: 'src/sw.ts' },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});

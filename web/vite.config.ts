import { cpSync, renameSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

// What keeps its name lies in dist/root, to be asked for anew; everything in dist/assets has a hash
// in its name and may be kept for ever.
const rootFiles: Plugin = {
  name: 'root-files',
  closeBundle() {
    cpSync('public', 'dist/root', { recursive: true });
    renameSync('dist/sw.js', 'dist/root/sw.js');
  },
};

export default defineConfig({
  base: '/',
  plugins: [rootFiles],
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

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The server's content policy is `default-src 'self'`: nothing may be inlined as a data URL, and no style may be set
// from a <style> element made at run time.
export default defineConfig({
    plugins: [svelte()],
    build: {
        target: 'es2022',
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: true,
    },
    server: {
        // `npm run mock` serves the API that `npm run dev` shows.
        proxy: { '/api': { target: 'http://127.0.0.1:8090', ws: true } },
    },
});

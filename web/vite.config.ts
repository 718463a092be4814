import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { mockServer } from "./dev/mock/plugin.ts";

// `npm run dev` talks to a real server; `npm run dev:mock` needs none.
const server = process.env.RUNSTONE_URL ?? "http://127.0.0.1:8470";

const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
  "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

export default defineConfig(({ mode }) => {
  const isMock = mode === "mock";
  const proxy = { "/api": { target: server, changeOrigin: false } };
  return {
    // A cache each: both kinds of dev server may run side by side.
    cacheDir: `node_modules/.vite/${mode}`,
    plugins: [react(), ...(isMock ? [mockServer()] : [])],
    resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
    server: isMock ? {} : { proxy },
    // The server's own policy, so that what breaks there breaks here first.
    preview: { headers: { "Content-Security-Policy": POLICY }, ...(isMock ? {} : { proxy }) },
    build: {
      outDir: "dist",
      target: "es2022",
      sourcemap: false,
      // For `npm run size`.
      manifest: true,
      rolldownOptions: {
        output: {
          // What the first page needs is one file: dozens of small ones compress worse, and each
          // is a request.
          codeSplitting: { groups: [{ name: "core", tags: ["$initial"] }] },
        },
      },
    },
  };
});

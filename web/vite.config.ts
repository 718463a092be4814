import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { mockServer } from "./dev/mock/plugin.ts";

// `npm run dev` talks to a real server; `npm run dev:mock` needs none.
const server = process.env.RUNSTONE_URL ?? "http://127.0.0.1:8470";

export default defineConfig(({ mode }) => {
  const isMock = mode === "mock";
  const proxy = { "/api": { target: server, changeOrigin: false } };
  return {
    plugins: [react(), ...(isMock ? [mockServer()] : [])],
    resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
    server: isMock ? {} : { proxy },
    preview: isMock ? {} : { proxy },
    build: { outDir: "dist", target: "es2022", sourcemap: false },
  };
});

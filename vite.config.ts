import { copyFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vite"

const out = "dist/bin"

/** sql.js looks for its WebAssembly beside the file it runs in. */
const sqlWasm = {
  name: "sql-wasm",
  writeBundle({ dir = out }: { readonly dir?: string | undefined }) {
    copyFileSync(
      fileURLToPath(import.meta.resolve("sql.js/dist/sql-wasm.wasm")),
      `${dir}/sql-wasm.wasm`,
    )
  },
}

/** The command as a few files with everything inside: it starts fast, and needs no dependency. */
export default defineConfig({
  plugins: [sqlWasm],
  // sql.js is a CommonJS module and asks for both.
  define: { __dirname: "import.meta.dirname", __filename: "import.meta.filename" },
  ssr: { noExternal: true, target: "node" },
  build: {
    ssr: true,
    outDir: out,
    target: "node22",
    minify: true,
    rolldownOptions: {
      input: { horolog: "src/bin.ts" },
      // A peer of the platform that is loaded on demand only, by parts that are not used here.
      external: ["redis"],
      output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
    },
  },
})

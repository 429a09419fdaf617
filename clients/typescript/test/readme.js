// Makes programs of the README's examples: the first one, and all sections after it in one. As .ts they are for the compiler,
// as .mjs they are run.
import { readFileSync, writeFileSync } from "node:fs";

const text = readFileSync(new URL("node_modules/@checkoutsvc/client/README.md", import.meta.url), "utf8");
const [first, ...sections] = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);

for (const [name, code] of Object.entries({ first, sections: sections.join("\n") })) {
  writeFileSync(`readme-${name}.ts`, code);
  const here = code
    .replaceAll('connect("127.0.0.1:9090")', 'connect("127.0.0.1:9090", { token: "secret" })')
    .replaceAll('"127.0.0.1:9090"', "process.env.CHECKOUTSVC_ADDRESS")
    .replaceAll('"secret"', "process.env.CHECKOUTSVC_TOKEN")
    .replaceAll('"order-7"', "`order-${Date.now()}`");
  writeFileSync(`readme-${name}.mjs`, here);
}

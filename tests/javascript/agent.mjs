/** An agent that nobody has registered connects, lists, calls and reads, with either SDK for TypeScript. */

import { createInterface } from "node:readline/promises";

const [sdk, endpoint, clientMetadataUrl, redirectUrl] = process.argv.slice(2);
const { Client, StreamableHTTPClientTransport } =
  sdk === "@modelcontextprotocol/client"
    ? await import("@modelcontextprotocol/client")
    : {
        ...(await import("@modelcontextprotocol/sdk/client/index.js")),
        ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
      };

const memory = {};
const authProvider = {
  redirectUrl,
  clientMetadataUrl,
  clientMetadata: {
    client_name: "Helpful Agent",
    redirect_uris: [redirectUrl],
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "none",
  },
  clientInformation: () => memory.client,
  saveClientInformation: (client) => void (memory.client = client),
  tokens: () => memory.tokens,
  saveTokens: (tokens) => void (memory.tokens = tokens),
  redirectToAuthorization: (url) => void (memory.url = url),
  saveCodeVerifier: (verifier) => void (memory.verifier = verifier),
  codeVerifier: () => memory.verifier,
};

const connect = async (transport) => {
  const client = new Client({ name: "agent", version: "1" });
  await client.connect(transport);
  return client;
};
const first = new StreamableHTTPClientTransport(new URL(endpoint), { authProvider });
try {
  await connect(first);
  throw new Error("The server wants no token.");
} catch (error) {
  if (error.name !== "UnauthorizedError" && error.constructor.name !== "UnauthorizedError") {
    throw error;
  }
}
const terminal = createInterface({ input: process.stdin, output: process.stdout });
const landed = new URL(await terminal.question(`Open ${memory.url} and paste the final URL:  `));
terminal.close();
await first.finishAuth(
  sdk === "@modelcontextprotocol/client" ? landed.searchParams : landed.searchParams.get("code"),
);

const client = await connect(new StreamableHTTPClientTransport(new URL(endpoint), { authProvider }));
const { tools } = await client.listTools();
const { resources } = await client.listResources();
const { contents } = await client.readResource({ uri: resources[0].uri });
const found = await client.callTool({ name: "find_courses", arguments: {} });
const missing = await client.callTool({ name: "read_course", arguments: { course: "missing" } });
await client.close();

const report = {
  tools: tools.length,
  resource: JSON.parse(contents[0].text).slug,
  course: found.structuredContent.items[0].slug,
  missing: missing.isError,
};
console.log(JSON.stringify(report));

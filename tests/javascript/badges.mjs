// Verifies badges with the libraries of others. Reads cases from standard input and prints one verdict for each:
// "accepted", or why not. Documents come from the input alone; nothing is fetched.

import { readFileSync } from "node:fs";

import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import * as vc from "@digitalbazaar/vc";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import Ajv from "ajv/dist/2019.js";
import addFormats from "ajv-formats";
import { createLocalJWKSet, jwtVerify } from "jose";

const { documents, schema, cases } = JSON.parse(readFileSync(0, "utf8"));

const OTHER_SCHEMAS = ["BitstringStatusListCredential", "ClrCredential"];

const ajv = new Ajv({ strict: false });
addFormats(ajv);
const suitsSchema = ajv.compile(schema);

async function documentLoader(url) {
  const [address] = url.split("#");
  let document = documents[url] ?? documents[address];
  if (!document) throw new Error(`There is no document ${url}.`);
  if (url !== address && !documents[url]) {
    const method = document.verificationMethod?.find(({ id }) => id === url);
    if (!method) throw new Error(`There is no key ${url}.`);
    document = { "@context": "https://w3id.org/security/multikey/v1", ...method };
  }
  return { contextUrl: null, documentUrl: url, document };
}

const suite = new DataIntegrityProof({ cryptosuite });

async function verdictOnStatus({ credential }) {
  const result = await checkStatus({
    credential,
    documentLoader,
    suite,
    verifyBitstringStatusListCredential: true,
  });
  const isSet = result.results?.some(({ status }) => status);
  return { ...result, verified: result.verified && !isSet };
}

async function verdictOnCredential({ credential, now }) {
  const hasOtherSchema = OTHER_SCHEMAS.some((type) => credential.type?.includes(type));
  if (!hasOtherSchema && !suitsSchema(credential)) {
    return ajv.errorsText(suitsSchema.errors);
  }
  const result = await vc.verifyCredential({
    credential,
    documentLoader,
    suite,
    now: new Date(now),
    checkStatus: credential.credentialStatus ? verdictOnStatus : undefined,
  });
  return result.verified ? "accepted" : String(result.error?.errors?.[0] ?? result.error ?? "status");
}

async function verdictOnToken({ token, keys, issuer, now }) {
  const options = { issuer, typ: "JWT", currentDate: new Date(now) };
  await jwtVerify(token, createLocalJWKSet({ keys }), options);
  return "accepted";
}

const verdicts = [];
for (const item of cases) {
  try {
    verdicts.push(await (item.token ? verdictOnToken(item) : verdictOnCredential(item)));
  } catch (error) {
    verdicts.push(String(error));
  }
}
console.log(JSON.stringify(verdicts));

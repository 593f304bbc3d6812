// Passkeys (WebAuthn Level 3): the only thing on these pages that needs JavaScript.
"use strict";

const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const spelled = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replaceAll("=", "");

const named = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

const ACTS = {
    create: ({ publicKey }) => ({
        publicKey: {
            ...publicKey,
            challenge: bytes(publicKey.challenge),
            user: { ...publicKey.user, id: bytes(publicKey.user.id) },
            excludeCredentials: named(publicKey.excludeCredentials),
        },
    }),
    get: ({ publicKey }) => ({
        publicKey: {
            ...publicKey,
            challenge: bytes(publicKey.challenge),
            allowCredentials: named(publicKey.allowCredentials),
        },
    }),
};

const asJson = (credential) => {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
        if (credential.response[part]) {
            response[part] = spelled(credential.response[part]);
        }
    }
    return JSON.stringify({
        id: credential.id,
        rawId: spelled(credential.rawId),
        type: credential.type,
        authenticatorAttachment: credential.authenticatorAttachment,
        clientExtensionResults: credential.getClientExtensionResults(),
        response,
    });
};

const optionsOf = async (form) => {
    if (form.dataset.options) {
        const options = JSON.parse(document.getElementById(form.dataset.options).textContent);
        return options.creation_options || options.request_options;
    }
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options;
};

let waiting = null;

const act = async (form, more = {}) => {
    waiting?.abort();
    waiting = new AbortController();
    const verb = form.dataset.passkey;
    const options = ACTS[verb](await optionsOf(form));
    const credential = await navigator.credentials[verb]({ ...options, ...more, signal: waiting.signal });
    form.elements.credential.value = asJson(credential);
    form.submit();
};

const complain = (form, error) => {
    const isRefused = error.name === "NotAllowedError";
    form.querySelector(".problem").textContent = isRefused
        ? "That was cancelled, or took too long."
        : `That did not work: ${error.message}`;
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (window.PublicKeyCredential) {
        form.hidden = false;
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            act(form).catch((error) => complain(form, error));
        });
    }
}

// Where somebody is about to type his address, the browser may offer him his passkeys instead.
const offer = async (form) => {
    if (form && (await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) {
        await act(form, { mediation: "conditional" }).catch(() => {});
    }
};
const login = document.querySelector('input[autocomplete~="webauthn"]');
login?.addEventListener("focus", () => offer(document.querySelector("form[data-passkey]")), { once: true });

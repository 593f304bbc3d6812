// Passkeys (WebAuthn Level 3): the only feature of these pages that needs JavaScript.
"use strict";

const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const encoded = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replaceAll("=", "");

const decoded = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

const ACTS = {
    create: ({ publicKey }) => ({
        publicKey: {
            ...publicKey,
            challenge: bytes(publicKey.challenge),
            user: { ...publicKey.user, id: bytes(publicKey.user.id) },
            excludeCredentials: decoded(publicKey.excludeCredentials),
        },
    }),
    get: ({ publicKey }) => ({
        publicKey: {
            ...publicKey,
            challenge: bytes(publicKey.challenge),
            allowCredentials: decoded(publicKey.allowCredentials),
        },
    }),
};

const asJson = (credential) => {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
        if (credential.response[part]) {
            response[part] = encoded(credential.response[part]);
        }
    }
    return JSON.stringify({
        id: credential.id,
        rawId: encoded(credential.rawId),
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

const showError = (form, error) => {
    const isCancelled = error.name === "NotAllowedError";
    form.querySelector(".problem").textContent = isCancelled
        ? "The request was cancelled or timed out."
        : `Something went wrong: ${error.message}`;
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (window.PublicKeyCredential) {
        form.hidden = false;
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            act(form).catch((error) => showError(form, error));
        });
    }
}

// When the e-mail field gets focus, the browser may offer the user's passkeys instead (conditional mediation).
const offer = async (form) => {
    if (form && (await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) {
        await act(form, { mediation: "conditional" }).catch(() => {});
    }
};
const login = document.querySelector('input[autocomplete~="webauthn"]');
login?.addEventListener("focus", () => offer(document.querySelector("form[data-passkey]")), { once: true });

// Who we are to the server: a token that came in a sign-in link and lives as long as the browser tab.

const key = 'testudo.token';

/** Takes a token out of `#token=...`, so that it does not stay in the address bar or the history. */
export function take_token_from_address(): boolean {
    const match = /^#token=([A-Za-z0-9_.~-]+)$/.exec(location.hash);
    if (!match?.[1]) return false;
    sessionStorage.setItem(key, match[1]);
    history.replaceState(null, '', `${location.pathname}${location.search}#/`);
    return true;
}

/** Accepts a bare token or a whole sign-in link that somebody pasted. */
export function token_in(text: string): string | undefined {
    const pasted = text.trim();
    const match = /#token=([A-Za-z0-9_.~-]+)$/.exec(pasted) ?? /^([A-Za-z0-9_.~-]+)$/.exec(pasted);
    return match?.[1];
}

export function token(): string {
    return sessionStorage.getItem(key) ?? '';
}

export function sign_in(new_token: string): void {
    sessionStorage.setItem(key, new_token);
}

export function sign_out(): void {
    sessionStorage.removeItem(key);
}

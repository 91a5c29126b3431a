import { m } from '../messages';
import { token } from './session';

/** What went wrong, as a sentence that can be shown as it is. */
export class ApiError extends Error {
    constructor(
        readonly status: number,
        sentence: string,
    ) {
        super(sentence);
    }
}

function headers(extra: Record<string, string> = {}): Record<string, string> {
    const bearer = token();
    return bearer ? { ...extra, Authorization: `Bearer ${bearer}` } : extra;
}

// crypto.randomUUID exists only on https and localhost; an exercise network often has neither.
function new_key(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function sentence(text: string): string {
    const trimmed = text.trim();
    if (!trimmed) return trimmed;
    const capital = trimmed[0]!.toUpperCase() + trimmed.slice(1);
    return /[.!?)]$/.test(capital) ? capital : `${capital}.`;
}

async function problem(response: Response): Promise<ApiError> {
    let text = '';
    try {
        const body = (await response.json()) as { detail?: string; title?: string };
        text = body.detail || body.title || '';
    } catch {
        // Not a problem document: the status alone has to do.
    }
    if (response.status === 401) text = m.errors.not_signed_in;
    else if (!text && response.status === 403) text = m.errors.forbidden;
    return new ApiError(response.status, sentence(text || m.errors.refused(response.status)));
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<{ body: T; date_ms: number }> {
    let response: Response;
    try {
        response = await fetch(path, { headers: headers(), cache: 'no-store', signal });
    } catch (error) {
        if (signal?.aborted) throw error;
        throw new ApiError(0, m.errors.unreachable);
    }
    if (!response.ok) throw await problem(response);
    return { body: (await response.json()) as T, date_ms: Date.parse(response.headers.get('Date') ?? '') };
}

/**
 * A write. The same key goes with each try, so the server does it once however often the network fails between us.
 */
export async function post<T>(path: string, body: unknown): Promise<T> {
    const key = new_key();
    for (let attempt = 1; ; ++attempt) {
        let response: Response;
        try {
            response = await fetch(path, {
                method: 'POST',
                headers: headers({ 'Content-Type': 'application/json', 'Idempotency-Key': key }),
                body: JSON.stringify(body),
            });
        } catch {
            if (attempt >= 3) throw new ApiError(0, m.errors.write_unknown);
            await new Promise((resolve) => setTimeout(resolve, attempt * 700));
            continue;
        }
        if (!response.ok) throw await problem(response);
        const text = await response.text();
        return (text ? JSON.parse(text) : {}) as T;
    }
}

/** Saves an answer as a file; a plain link would not carry the token. */
export async function download(path: string, name: string): Promise<void> {
    let response: Response;
    try {
        response = await fetch(path, { headers: headers() });
    } catch {
        throw new ApiError(0, m.errors.unreachable);
    }
    if (!response.ok) throw await problem(response);
    const offered = /filename="([^"/\\]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1];
    const url = URL.createObjectURL(await response.blob());
    const link = document.createElement('a');
    link.href = url;
    link.download = offered ?? name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

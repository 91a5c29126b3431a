// Every act has a key. Pages say theirs while they are shown; one listener finds the one that was pressed; the help
// dialog shows them all.

export interface Key {
    key: string;
    words: string;
    run: () => void;
    /** Shown by another name than `key`. */
    shown?: string;
}

export interface KeySet {
    title: string;
    keys: Key[];
}

const sets: KeySet[] = [];
const off_key = 'testudo.keys-off';

export function key_sets(): readonly KeySet[] {
    return sets;
}

export function add_keys(set: KeySet): () => void {
    sets.push(set);
    return () => {
        const index = sets.indexOf(set);
        if (index >= 0) sets.splice(index, 1);
    };
}

// People who speak to their computer press letters without meaning to.
export function keys_are_on(): boolean {
    return localStorage.getItem(off_key) === null;
}

export function turn_keys(on: boolean): void {
    if (on) localStorage.removeItem(off_key);
    else localStorage.setItem(off_key, '1');
}

function is_typing(target: EventTarget | null): boolean {
    return target instanceof HTMLElement && target.matches('input:not([type=range]), textarea, select, [contenteditable]');
}

export function listen_for_keys(): void {
    document.addEventListener('keydown', (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
        if (is_typing(event.target) || document.querySelector('dialog[open]')) return;
        if (!keys_are_on() && event.key !== '?') return;
        // A focused button keeps its own space and enter.
        if (event.key === ' ' && event.target instanceof HTMLElement && event.target.closest('button, a, summary')) return;
        for (const set of sets.slice().reverse()) {
            const found = set.keys.find((candidate) => candidate.key === event.key);
            if (!found) continue;
            event.preventDefault();
            found.run();
            return;
        }
    });
}

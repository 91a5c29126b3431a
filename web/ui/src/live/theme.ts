// Dark or light: as the system asks until the reader chooses.

export type Theme = 'dark' | 'light';

const key = 'testudo.theme';
const system = matchMedia('(prefers-color-scheme: light)');

function chosen(): Theme | undefined {
    const value = localStorage.getItem(key);
    return value === 'dark' || value === 'light' ? value : undefined;
}

export function theme(): Theme {
    return chosen() ?? (system.matches ? 'light' : 'dark');
}

function show(): void {
    document.documentElement.dataset.theme = theme();
    for (const listener of listeners) listener();
}

const listeners = new Set<() => void>();

export function follow_theme(): void {
    system.addEventListener('change', show);
    show();
}

export function toggle_theme(): void {
    localStorage.setItem(key, theme() === 'dark' ? 'light' : 'dark');
    show();
}

/** Calls back after the theme changed; for what is drawn on a canvas. */
export function on_theme(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

import type { Action } from 'svelte/action';

// Marks a state that changed: once, shortly, and not at all for people who asked for less motion. Not for numbers that run.

const calm = matchMedia('(prefers-reduced-motion: reduce)');

export const flash: Action<HTMLElement, unknown> = (node, shown) => {
    let last = shown;
    return {
        update(value) {
            if (value === last) return;
            last = value;
            if (calm.matches) return;
            const colour = getComputedStyle(node).getPropertyValue('--accent');
            node.animate([{ boxShadow: `inset 0 0 0 2px ${colour}` }, { boxShadow: 'inset 0 0 0 2px transparent' }], {
                duration: 600,
                easing: 'ease-out',
            });
        },
    };
};

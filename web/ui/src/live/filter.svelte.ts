// One filter field for the page; `/` goes to it.
class Filter {
    text = $state('');

    /** True when each word of the filter occurs in one of the texts. */
    matches(...texts: (string | undefined)[]): boolean {
        return matches(this.text, ...texts);
    }
}

export function matches(wanted: string, ...texts: (string | undefined)[]): boolean {
    const all = texts.filter(Boolean).join(' ').toLowerCase();
    return wanted
        .toLowerCase()
        .split(/\s+/)
        .every((word) => all.includes(word));
}

export const filter = new Filter();

const wrapped_from = 90;

/**
 * Text that was wrapped by an editor, made to flow again: a long line that is followed by another one is the same
 * paragraph. Short lines (addresses, headings, verse) and lists stay as they are.
 */
export function flowing(text: string): string {
    return text.replace(/^(.*)\n(?=\S)(?!- )/gm, (whole, line: string) =>
        line.length >= wrapped_from ? `${line} ` : whole,
    );
}

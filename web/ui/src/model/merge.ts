// RFC 7396 merge patches, applied without changing the old document: parts that a patch does not touch stay the same
// objects, so whatever is derived from them is not computed again.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function is_object(value: unknown): value is { [key: string]: Json } {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function merge_patch(target: Json | undefined, patch: Json): Json {
    if (!is_object(patch)) return patch;
    const result: { [key: string]: Json } = is_object(target) ? { ...target } : {};
    for (const [key, value] of Object.entries(patch)) {
        if (value === null) delete result[key];
        else result[key] = merge_patch(result[key], value);
    }
    return result;
}

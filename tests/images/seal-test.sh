#!/usr/bin/env bash
# What deploy/images/build writes about an image, for a small root instead of a Debian: the list of its contents, image.json,
# and an SBOM with what SPDX 2.3 requires. Needs no root.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
die() { echo "FAILED: $*" >&2; exit 1; }

# The functions alone, with a recipe of our own.
sed -n '/^contents() (/,/^)/p; /^seal() {/,/^}/p' deploy/images/build >"$work/functions"
export LC_ALL=C TZ=UTC
recipe() { case $2 in kind) echo container ;; label) printf 'EXERCISE\nRESTRICTED\nREL\nEST\n' ;; esac; }
# shellcheck source=/dev/null
. "$work/functions"

make() { # DIRECTORY: the same each time, in another order
    mkdir -p "$1/root/etc" "$1/root/odd\\x2dname"
    printf '%s\n' "${@:2}" | while read -r name; do echo "$name" >"$1/root/etc/$name"; done
    ln -s ../etc/a "$1/root/odd\\x2dname/link with space"
    chmod 640 "$1/root/etc/b"
    printf 'acl\t2.3.1-3\nzlib1g\t1:1.2\n' >"$1/packages.txt"
    printf 'acl\t2.3.1-3\tamd64\tacl\t2.3.1-3\tGPL-2+; LGPL-2+\nzlib1g\t1:1.2\tamd64\tzlib\t1:1.2\t\n' >"$1/packages.tsv"
    (seal small 0123456789ab "$1" 1700000000)
}
make "$work/one" a b c
make "$work/two" c b a
for file in contents.txt image.json sbom.spdx.json; do
    cmp "$work/one/$file" "$work/two/$file" || die "$file differs between two builds of the same"
done
grep -qP '^l\t777\t\d+\t\d+\t\.\./etc/a\todd\\x2dname/link with space$' "$work/one/contents.txt" || die "the link: $(cat "$work/one/contents.txt")"
grep -qP "^f\t640\t\d+\t\d+\t$(sha256sum <"$work/one/root/etc/b" | cut -d' ' -f1)\tetc/b$" "$work/one/contents.txt" || die "the file"
jq -e '.format == 1 and .label == "EXERCISE RESTRICTED REL EST" and .packages == 2 and .made_at == "2023-11-14T22:13:20Z"
    and (.files | keys) == ["contents.txt", "packages.txt", "sbom.spdx.json"]' "$work/one/image.json" >/dev/null || die "$(cat "$work/one/image.json")"
echo other >"$work/two/root/etc/a"
(cd "$work/two" && printf '' >packages.tsv && seal small 0123456789ab "$work/two" 1700000000)
[[ $(jq .content "$work/one/image.json") != $(jq .content "$work/two/image.json") ]] || die "another content has the same hash"

# Required by SPDX 2.3's JSON schema (document, creationInfo, package, externalRef, relationship), and its patterns.
jq -e '
    def id: test("^SPDXRef-[a-zA-Z0-9.-]+$");
    ([.spdxVersion, .dataLicense, .SPDXID, .name, .documentNamespace] == ["SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT", "small-0123456789ab", .documentNamespace])
    and (.documentNamespace | test("^https://[^#]+$"))
    and (.creationInfo.created | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"))
    and (.creationInfo.creators | all(test("^(Person|Organization|Tool): ")))
    and (.packages | length == 3 and all((.name | length > 0) and (.SPDXID | id) and .downloadLocation == "NOASSERTION" and .filesAnalyzed == false))
    and ([.packages[].SPDXID] | unique | length == 3)
    and ([.packages[].externalRefs[]?] | all(.referenceCategory == "PACKAGE-MANAGER" and .referenceType == "purl" and (.referenceLocator | test("^pkg:deb/debian/"))))
    and ([.packages[].SPDXID, .SPDXID] as $ids | .relationships | all(.spdxElementId as $a | .relatedSpdxElement as $b | ($ids | index($a)) != null and ($ids | index($b)) != null))
    and ([.relationships[] | select(.relationshipType == "DESCRIBES")] | length == 1)
    and (.packages[2].externalRefs[0].referenceLocator == "pkg:deb/debian/zlib1g@1%3A1.2?arch=amd64&distro=bookworm")' \
    "$work/one/sbom.spdx.json" >/dev/null || die "the SBOM: $(cat "$work/one/sbom.spdx.json")"

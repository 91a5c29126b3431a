#include "orchestrator/template/codes/codes.hpp"

namespace testudo::template_ {

std::vector<Code> reading_codes() {
    constexpr auto sometimes = Code::InSchema::sometimes;
    constexpr auto always = Code::InSchema::always;
    return {
        // --- the text
        {"T0101", "the template cannot be read",
         "There is no such file, it is a folder or a device, it is larger than 64 MiB, or its permissions forbid it.",
         "Give the path of a YAML file that you may read.", ""},
        {"T0102", "a byte is not UTF-8",
         "A template is text in UTF-8. A byte that begins no character means that the file is in another encoding, or "
         "no text at "
         "all.",
         "Save the file as UTF-8.", "text-not-utf8"},
        {"T0103", "a control character in the text",
         "Characters such as NUL or ESC do nothing in YAML but confuse terminals and editors; some hide text from the "
         "reader.",
         "Remove it; in a text between double quotes it can be written as an escape.", "text-control-character"},
        {"T0104", "not YAML",
         "The text breaks off where YAML wants something else. Only the first such fault of a file can be told, "
         "because what follows "
         "has no certain meaning.",
         "Look at the place and at the line before it: an unclosed quote or bracket, or a text with `{{ }}`, `: `, ` "
         "#` or "
         "a `?` before a comma that needs quotes.",
         "yaml-broken"},
        {"T0105", "a tab in the indentation",
         "YAML forbids tabs there, because editors show them with different widths; what looks aligned may not be.",
         "Indent with spaces.", "yaml-tab"},
        {"T0106", "a second document in the file",
         "A template is one document. What stands behind a second `---` would be read by no one.",
         "Remove the line `---`, or make two files of it and name one of them with `include:`.",
         "yaml-second-document"},
        {"T0107", "a key stands twice in one mapping",
         "Readers of YAML disagree about which of the two counts, so neither may be taken.",
         "Keep one, or give the second another name.", "yaml-duplicate-key"},
        {"T0108", "a merge key", "`<<` is no part of YAML 1.2, and programs disagree about what it does.",
         "Put what is shared into `profiles:` and name it with `like:`.", "yaml-merge-key"},
        {"T0109", "an alias inside of the value that it stands for", "Such a value would contain itself, without end.",
         "Write out what is meant.", "yaml-alias-cycle"},
        {"T0110", "too large, too deep or too many values",
         "A template may have 32 MiB, values nested 40 deep, and four million values, aliases counted with all that "
         "they stand "
         "for. Real ranges stay far below; what is above is a mistake or an attack on the reader.",
         "Write the machines once with `per: team` instead of once per team, and split what is shared into included "
         "files.",
         "yaml-alias-bomb"},
        {"T0111", "a YAML tag",
         "Tags such as `!!python/object` or `!secret` ask a program to do something; a template is only data.",
         "Remove the tag; the value needs none.", "yaml-tag"},
        {"T0112", "a key that is no word", "A key is one word, never a list or a mapping.", "Write the key as a word.",
         "value-choices"},
        {"T0113", "an empty file", "There is nothing in it but blanks and comments.",
         "Begin with `testudo: 1`; docs/template.md shows the rest.", "yaml-empty", always},

        {"T0114", "too much wrong",
         "A thousand diagnostics are told, in the order of the text; nobody reads more, and hostile texts could have "
         "millions.",
         "Mend these first and run it again; one mistake near the top often makes many.", ""},

        // --- keys and values
        {"T0201", "a key that is not known there",
         "Every mapping has its own keys. A key that is spelt wrong would otherwise be ignored without a word.",
         "Take the key that the hint proposes, or look it up in docs/template-reference.md.", "key-unknown", always},
        {"T0202", "a key that is missing", "Without it nothing useful can be made of the rest.",
         "Add the key; the hint says what it holds.", "key-missing", always},
        {"T0203", "a value of the wrong kind",
         "A list stands where a text is wanted, a text where a mapping is wanted, and so on.",
         "Write the value as the message says; docs/template-reference.md has the kind of every key.", "value-types",
         always},
        {"T0204", "not a number",
         "A whole number is wanted, or a number of points. Leading zeros are refused because some readers of YAML take "
         "such numbers for "
         "octal, and quotes because they make a text of it.",
         "Write 20, or for points 2.5 with at most three digits behind the point.", "value-numbers", always},
        {"T0205", "a number out of range", "The number is smaller or larger than what can be meant.",
         "Choose a number within the bounds that the message names.", "value-numbers", always},
        {"T0206", "not a duration",
         "A duration is numbers with units, the largest first, each at most once, and at most 366 days.",
         "Write 90s, 5m, 1h30m or 2d; the units are d, h, m, s and ms.", "value-durations", sometimes},
        {"T0207", "not an amount of memory",
         "Memory is a whole number of MiB or GiB; MB and GB would be something else.", "Write 64 MiB or 2 GiB.",
         "value-numbers", always},
        {"T0208", "a word that is none of those possible", "This key takes one of a few words.",
         "Take one of those that the message lists.", "value-words", always},
        {"T0209", "not a name",
         "Names become parts of host names, of files and of libvirt's objects, so they are small letters, digits and "
         "single hyphens, "
         "begin with a letter, and have at most 24 characters (teams 16).",
         "Choose such a name, and put what people should read into `title:`.", "value-names", always},
        {"T0210", "two keys that exclude each other",
         "Both say the same thing in different ways, so they cannot both hold.", "Keep one of the two.",
         "value-choices", sometimes},
        {"T0211", "a key without a value",
         "Nothing stands behind the key's colon, or `~` or `null`, which mean nothing too.",
         "Write the value, or remove the key.", "value-missing", always},
        {"T0212", "a version of the language that this program does not read",
         "The number behind `testudo:` says in which version of the language the template is written.",
         "Write `testudo: 1`, or use a program that reads the other version.", "version-unknown", always},
        {"T0213", "two things of one kind with one name",
         "A name must say which of them is meant. One may stand in an included file.",
         "Rename one of the two; the message shows where the first is.", "names-twice"},

        // --- files and expressions
        {"T0301", "a named file cannot be read",
         "It is not there, is no regular file, is larger than 1 MiB, or its permissions forbid it.",
         "Correct the name; it is relative to the template's folder.", "include-missing"},
        {"T0302", "the name of a file leads out of the template's folder",
         "A template takes text only from its own folder and from the folder `lib` beside it, so that one from "
         "elsewhere cannot copy secrets "
         "of the reader into a range.",
         "Put the file beside the template or into `lib/`.", "include-outside"},
        {"T0303", "a named file is no text", "It holds bytes that are no UTF-8, or control characters.",
         "Name a text file in UTF-8; binary content comes with the image.", "include-binary"},
        {"T0304", "an expression that is not understood",
         "Between `{{` and `}}` stand numbers, names, operators and brackets, and something here is none of these, or "
         "is missing.",
         "Look at the marked character; docs/template.md has the rules.", "expression-broken"},
        {"T0305", "a name that means nothing in that expression",
         "The name is neither one of the language's nor a machine's.", "Take the name that the hint proposes.",
         "expression-broken"},
        {"T0306", "a name that has a meaning for a team, used where there is no team",
         "`team.number` differs from team to team; in what is shared by all there is none.",
         "Make the thing `per: team`, or write the value itself.", "expression-broken"},
        {"T0307", "a number that is too large, or a division by zero",
         "Expressions calculate with whole numbers of 64 bits.", "Correct the calculation.", "expression-broken"},
        {"T1110", "there is no such function", "Expressions have `pad(VALUE, WIDTH)` and `hex(NUMBER)`.",
         "Use one of the two.", "expression-functions"},
        {"T1111", "a function with something that it does not take",
         "`pad` takes a text or a number that is not below 0, and a width from 1 to 32; `hex` takes one number.",
         "Write `{{ pad(team.number, 2) }}` or `{{ hex(team.number) }}`.", "expression-functions"},
    };
}

} // namespace testudo::template_

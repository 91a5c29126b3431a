#include "orchestrator/template/codes/codes.hpp"

namespace testudo::template_ {

// Their examples are the samples and reports of tests/import, since no template gives them.
std::vector<Code> importing_codes() {
    return {
        // --- files that cannot be imported
        {"T1301", "a file to import cannot be read",
         "It is not there, is no regular file, may not be read, or is larger than 16 MiB.",
         "Give the path of a file of the other platform.", ""},
        {"T1302", "not a file of that format",
         "A key that every file of the format has is missing, a table has no row of headings, or there is more in the "
         "file than is imported at once.",
         "Give the format that the file has; `testudo import --help` lists all. A file that another one includes is "
         "imported with or instead of that one.",
         ""},
        {"T1303", "a value of the wrong kind in a file to import",
         "The other platform would refuse it too: a list where a mapping stands, an address that is none, the name of "
         "something that the file does not have.",
         "Correct the file at that place.", ""},
        {"T1304", "a workbook that cannot be read", "It is damaged, protected by a password, or too large.",
         "Save it again without a password, or save the sheet as CSV.", ""},
        {"T1305", "a quote in a CSV file that is not closed, or stands inside of a cell",
         "A cell with quotes begins and ends with one, and one inside is written twice.",
         "Save the table as CSV again from the program that it was made with.", ""},
        {"T1306", "not JSON", "The text breaks the rules of JSON at that place.", "Correct the file at that place.",
         ""},

        // --- what did not come over as it was
        {"T1311", "warning: not carried over, since Testudo has nothing like it",
         "The importer knows what it is in the original, and a range has no such thing. It stands as a comment in the "
         "template.",
         "Decide whether the exercise needs it, and say it in the words of the template language.", ""},
        {"T1312", "warning: not carried over, since the importer does not know it",
         "It is new in that format, or somebody's own. It stands as a comment in the template.",
         "Read the comment, and say what matters in the words of the template language.", ""},
        {"T1313", "warning: another address",
         "Exercises stay inside of 198.18.0.0/15 and 2001:db8::/32, and every team has addresses of its own. Prefix "
         "lengths and the machines' numbers stay where they fit.",
         "Look for the old address in texts and configurations that you add.", ""},
        {"T1314", "warning: another name",
         "Names are small letters, digits and single hyphens, and each stands once. The old name is the title.",
         "Use the new name where you refer to it.", ""},
        {"T1315", "warning: another image",
         "An image of the original is not in the store. One of ours stands in for it, or, for a system that is no "
         "Linux, holds its place.",
         "Where it matters what the machine is, build an image and name it.", ""},
        {"T1316", "warning: another value",
         "The value as it stands cannot be in a template, or would mean something else there.",
         "See whether what was written instead serves the exercise.", ""},
        {"T1317", "warning: made up", "A template needs it, and the file does not say it.",
         "Write what the exercise really has.", ""},
    };
}

} // namespace testudo::template_

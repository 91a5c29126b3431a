// Holds openapi.yaml against the router. The file is kept in a plain form, which is checked as it is read: a path at
// two spaces, a method at four.

#include <fstream>
#include <gmock/gmock.h>
#include <regex>

#include "web/api/api.hpp"

namespace testudo::web {
namespace {

struct Document {
    std::vector<std::string> operations; // "GET /api/v1/me"
    std::vector<std::string> references; // "#/components/schemas/View"
    std::vector<std::string> components; // likewise
};

Document read_document() {
    Document document;
    std::ifstream in(TESTUDO_SOURCE_DIR "/web/api/openapi.yaml");
    std::string section, path, kind;
    static const std::regex method("    (get|post|put|patch|delete):");
    static const std::regex reference("\\$ref: '?([^' }]+)'?");
    for (std::string line; std::getline(in, line);) {
        std::smatch found;
        if (!line.empty() && line[0] != ' ' && line[0] != '#')
            section = line.substr(0, line.find(':'));
        else if (line.starts_with("  ") && line[2] != ' ')
            (section == "paths" ? path : kind) = line.substr(2, line.size() - 3);
        else if (section == "paths" && std::regex_match(line, found, method)) {
            std::string name = found[1];
            for (auto& c : name)
                c = static_cast<char>(c - 'a' + 'A');
            document.operations.push_back(name + " " + path);
        } else if (section == "components" && line.starts_with("    ") && line[4] != ' ')
            document.components.push_back("#/components/" + kind + "/" + line.substr(4, line.find(':') - 4));
        for (std::sregex_iterator it(line.begin(), line.end(), reference), end; it != end; ++it)
            document.references.push_back((*it)[1]);
    }
    return document;
}

TEST(OpenApi, DescribesEveryRouteAndNoOther) {
    auto routes = Api::routes();
    // What the server answers without the API.
    routes.insert(routes.end(), {"GET /api/v1/live", "GET /metrics"});
    EXPECT_THAT(read_document().operations, testing::UnorderedElementsAreArray(routes));
}

TEST(OpenApi, RefersToWhatItHolds) {
    const auto document = read_document();
    ASSERT_FALSE(document.references.empty());
    for (const auto& reference : document.references)
        EXPECT_THAT(document.components, testing::Contains(reference));
    for (const auto& component : document.components) {
        if (component.find("securitySchemes") == component.npos) {
            EXPECT_THAT(document.references, testing::Contains(component));
        }
    }
}

// The names that begin lines at this depth between two lines of a file.
std::vector<std::string> names_between(const char* file, const std::string& first, const std::string& last,
                                       const std::regex& name) {
    std::vector<std::string> names;
    std::ifstream in(std::string(TESTUDO_SOURCE_DIR "/") + file);
    bool within = false;
    for (std::string line; std::getline(in, line);) {
        std::smatch found;
        if (within && line == last)
            break;
        if (line == first)
            within = true;
        else if (within && std::regex_search(line, found, name))
            names.push_back(found[1]);
    }
    return names;
}

TEST(OpenApi, KnowsTheMembersOfAView) {
    const auto described = names_between("docs/views.md", "```jsonc", "```", std::regex("^  \"([a-z]+)\":"));
    const auto members =
        names_between("web/api/openapi.yaml", "    View:", "    Moments:", std::regex("^        ([a-z]+):"));
    ASSERT_GT(described.size(), 10U);
    EXPECT_EQ(members, described);
}

} // namespace
} // namespace testudo::web

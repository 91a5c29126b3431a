// Reads every #include of the source and holds it against cmake/layers.txt. Also: time is read in one file only.

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path root = TESTUDO_SOURCE_DIR;

struct Layers {
    std::map<std::string, std::set<std::string>> modules;
    std::map<std::string, std::set<std::string>> third_party; // include prefix -> modules
};

Layers read_layers() {
    Layers layers;
    std::ifstream in(root / "cmake/layers.txt");
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#')
            continue;
        const auto colon = line.find(':');
        std::istringstream rest(line.substr(colon + 1));
        const bool foreign = line[0] == '!';
        auto& allowed = foreign ? layers.third_party[line.substr(1, colon - 1)] : layers.modules[line.substr(0, colon)];
        for (std::string word; rest >> word;)
            allowed.insert(word);
    }
    return layers;
}

// The module that a path from the root lies in: the longest listed folder that it begins with.
std::string module_of(const Layers& layers, const std::string& path) {
    std::string best;
    for (const auto& [name, allowed] : layers.modules)
        if (path.starts_with(name + "/") && name.size() > best.size())
            best = name;
    return best;
}

std::vector<std::string> sources() {
    std::vector<std::string> found;
    for (const auto* top : {"orchestrator", "agents", "scoring", "web"})
        for (auto it = fs::recursive_directory_iterator(root / top); it != fs::recursive_directory_iterator(); ++it) {
            if (it->is_directory() && (it->path().filename() == "node_modules" || it->path().filename() == "dist"))
                it.disable_recursion_pending();
            const auto extension = it->path().extension();
            if (extension == ".cpp" || extension == ".hpp")
                found.push_back(fs::relative(it->path(), root).string());
        }
    std::sort(found.begin(), found.end());
    return found;
}

std::string text_of(const std::string& path) {
    std::ifstream in(root / path);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> includes_of(const std::string& text) {
    static const std::regex pattern(R"re(#include\s*["<]([^">]+)[">])re");
    std::vector<std::string> found;
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
        found.push_back((*it)[1]);
    return found;
}

TEST(Layers, EveryFileLiesInAListedModule) {
    const auto layers = read_layers();
    ASSERT_FALSE(sources().empty());
    for (const auto& path : sources())
        EXPECT_NE(module_of(layers, path), "") << path << " is in no module of cmake/layers.txt";
}

TEST(Layers, NoIncludeGoesAgainstTheDirection) {
    const auto layers = read_layers();
    std::size_t edges = 0;
    for (const auto& path : sources()) {
        const auto from = module_of(layers, path);
        if (from.empty())
            continue;
        for (const auto& include : includes_of(text_of(path))) {
            if (fs::exists(root / include)) {
                const auto to = module_of(layers, include);
                ++edges;
                EXPECT_TRUE(to == from || layers.modules.at(from).contains(to))
                    << fmt::format("{} includes {}: {} may not know {}", path, include, from, to);
            }
            for (const auto& [prefix, allowed] : layers.third_party)
                if (include.starts_with(prefix)) {
                    EXPECT_TRUE(allowed.contains(from))
                        << fmt::format("{} includes <{}>, which only {} may", path, include, fmt::join(allowed, ", "));
                }
        }
    }
    EXPECT_GT(edges, 10U) << "the test reads no includes: it cannot fail";
}

TEST(Layers, TheClockIsReadInOnePlace) {
    const std::regex now(
        R"((system_clock|steady_clock|high_resolution_clock)::now\s*\(|\bgettimeofday\s*\(|[^\w.>]time\s*\(\s*(nullptr|NULL|0)\s*\))");
    // The agent and the web server live outside of the domain: sockets' timeouts and latencies are real time by nature.
    const std::set<std::string> allowed = {"orchestrator/core"};
    const auto layers = read_layers();
    for (const auto& path : sources()) {
        const auto module = module_of(layers, path);
        if (allowed.contains(module) || module.starts_with("agents/") || module == "web/server")
            continue;
        EXPECT_FALSE(std::regex_search(text_of(path), now)) << path << " reads the clock: take a Clock instead";
    }
}

TEST(Layers, NoCoroutines) {
    for (const auto& path : sources())
        EXPECT_EQ(text_of(path).find("co_aw"
                                     "ait"),
                  std::string::npos)
            << path << ": g++ 12 miscompiles coroutines with aggregate temporaries (docs/adr); use callbacks";
}

} // namespace

#include "tests/import/samples.hpp"

#include <filesystem>
#include <fstream>

#include "orchestrator/plan/make.hpp"
#include "orchestrator/template/load.hpp"

namespace testudo {

std::ostream& operator<<(std::ostream& out, const Sample& sample) {
    return out << sample.name;
}

const std::vector<Sample>& samples() {
    static const std::vector<Sample> all{
        {"containerlab", "containerlab", {"pods.clab.yml"}},
        {"containerlab-inherited", "containerlab", {"ring.clab.yml"}},
        {"containerlab-staged", "containerlab", {"staged.clab.yml"}},
        {"cyberrangecz", "cyberrangecz", {"junior.topology.yml"}},
        {"cyberrangecz-both", "cyberrangecz", {"junior.topology.yml", "junior.training.json"}},
        {"cyberrangecz-questions", "cyberrangecz", {"quiz.training.json"}},
        {"cyberrangecz-training", "cyberrangecz", {"junior.training.json"}},
        {"cyberrangecz-watched", "cyberrangecz", {"watched.topology.yml"}},
        {"cyris", "cyris", {"dmz.cyris.yml"}},
        {"cyris-aws", "cyris", {"cloud.cyris.yml"}},
        {"cyris-prepared", "cyris", {"prepared.cyris.yml"}},
        {"ludus", "ludus", {"bay.ludus.yml"}},
        {"ludus-accounts", "ludus", {"office.ludus.yml"}},
        {"ludus-small", "ludus", {"one.ludus.yml"}},
        {"msel-csv", "msel", {"drill.msel.csv"}},
        {"msel-book", "msel", {"book.msel.xlsx"}},
        {"msel-clocks", "msel", {"clocks.msel.csv"}},
        {"msel-columns", "msel", {"columns.msel.csv"}},
        {"msel-minutes", "msel", {"minutes.msel.csv"}},
        {"msel-xlsx", "msel", {"drill.msel.xlsx"}},
        {"ocr-sdl", "ocr-sdl", {"bank.ocr.yml"}},
        {"ocr-sdl-2022", "ocr-sdl", {"old.ocr.yml"}},
        {"ocr-sdl-addressed", "ocr-sdl", {"addressed.ocr.yml"}},
        {"ocr-sdl-counted", "ocr-sdl", {"lab.ocr.yml"}},
        {"phenix", "phenix", {"plant.phenix.yml"}},
        {"phenix-guarded", "phenix", {"guarded.phenix.yml"}},
        {"phenix-hello", "phenix", {"hello.phenix.json"}},
    };
    return all;
}

std::string read_sample(const std::string& file) {
    const auto path = std::filesystem::path(TESTUDO_SOURCE_DIR) / "tests" / "import" / "samples" / file;
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::shared_ptr<const SourceFile>> load(const Sample& sample) {
    std::vector<std::shared_ptr<const SourceFile>> files;
    for (const auto& file : sample.files)
        files.push_back(std::make_shared<const SourceFile>(SourceFile{file, read_sample(file)}));
    return files;
}

std::string faults_of(const std::string& text) {
    auto loaded = template_::load_text("imported.yaml", text);
    if (plan::make(loaded.template_, loaded.diagnostics))
        return "";
    std::string all;
    for (const auto& diagnostic : loaded.diagnostics)
        all += render(diagnostic);
    return all;
}

} // namespace testudo

#pragma once
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "orchestrator/core/diagnostic.hpp"

namespace testudo {

// A file, or several that belong together, of another platform: tests/import/samples.
struct Sample {
    std::string name; // of its golden files
    std::string format;
    std::vector<std::string> files;
};
std::ostream& operator<<(std::ostream& out, const Sample& sample);

const std::vector<Sample>& samples();
std::string read_sample(const std::string& file);
// As if they lay in the current folder, so that reports hold no path of a machine.
std::vector<std::shared_ptr<const SourceFile>> load(const Sample& sample);

// All that validating and planning has to say of a template that is wrong; "" if it can be planned.
std::string faults_of(const std::string& text);

} // namespace testudo

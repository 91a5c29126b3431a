#pragma once
#include <memory>

#include "orchestrator/import/reading.hpp"

namespace testudo::import_ {

// A JSON document as a tree with places; null, and an error in `out`, if it is none.
NodePtr parse_json_tree(const std::shared_ptr<const SourceFile>& file, Diagnostics& out,
                        const template_::Budget& budget);

} // namespace testudo::import_

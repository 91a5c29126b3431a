#include "tests/contract/event_store_contract.hpp"

#include "orchestrator/store/sqlite_event_store.hpp"
#include "tests/store/scratch.hpp"

namespace testudo {
namespace {

struct Memory {
    static std::unique_ptr<EventStore> make() { return std::make_unique<MemoryEventStore>(); }
};

struct Sqlite {
    static std::unique_ptr<EventStore> make() {
        static Scratch scratch;
        static int number = 0;
        return std::move(*store::SqliteEventStore::open(scratch / ("log-" + std::to_string(number++))));
    }
};

using Adapters = testing::Types<Memory, Sqlite>;
INSTANTIATE_TYPED_TEST_SUITE_P(All, EventStoreContract, Adapters);

} // namespace
} // namespace testudo

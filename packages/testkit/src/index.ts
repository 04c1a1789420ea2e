// The door of the testkit: writers of ELF, DWARF, pclntab and cores are exported here as they come.
export {};

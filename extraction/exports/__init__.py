"""What people make of an archive's reports: workbooks, tables, databases and a page that sums a run up."""

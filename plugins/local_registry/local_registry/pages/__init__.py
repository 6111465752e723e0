"""The catalog's pages: a built one of Quilt's, or small ones of ours."""
